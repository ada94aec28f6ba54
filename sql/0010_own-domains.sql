-- Domains that accounts say are theirs. What is proved by a TXT record has a row in domains, too; until then anybody may claim the same name.
create table domain_claims (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  name text not null check (name = lower(name)),
  created_at timestamptz not null,
  proved_at timestamptz,
  unique (account_id, name)
);

-- How many of them an account may have. Null: as many as it likes.
alter table account_settings add column domain_limit integer default 5 check (domain_limit >= 0);
