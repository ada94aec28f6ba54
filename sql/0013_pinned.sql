-- The pinned addresses come before all others, and are few.
create index aliases_pinned_idx on aliases (account_id, id desc) where pinned;
