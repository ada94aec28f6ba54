-- When its owner deleted the account: who may call it off. Null where whoever runs the host did.
alter table account_settings add column left_at timestamptz check (left_at is null or delete_at is not null);
