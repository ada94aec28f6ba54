-- What accounts and aliases ask of their mail beside senders: a burn button in each message, an end, quiet.

-- Buttons that were pressed; the links themselves are signed, not stored.
create table burn_links (
  token_hash bytea primary key,
  alias_id integer not null references aliases (id) on delete cascade,
  used_at timestamptz not null,
  burned_at timestamptz,                -- the burn that it made; null: it was burned already
  undone_at timestamptz
);
create index burn_links_used_at_idx on burn_links (used_at);
create index burn_links_alias_idx on burn_links (alias_id);

alter table account_settings
  add column burn_link text not null default 'ours' check (burn_link in ('ours', 'theirs', 'off'));

alter table aliases
  add column burn_if_organisation text, -- who writes again, after its owner unsubscribed there
  add column burn_if_since timestamptz,
  add column burn_if_until timestamptz,
  add column quiet boolean not null default false,
  add column ends_at timestamptz,
  add column ends_left integer check (ends_left >= 0),                       -- messages that it takes before it burns
  add column ends_idle_days integer check (ends_idle_days between 1 and 3650),
  add column ends_idle_since timestamptz,
  add check ((ends_idle_days is null) = (ends_idle_since is null)),
  add check (num_nulls(burn_if_organisation, burn_if_since, burn_if_until) in (0, 3));
create index aliases_ends_idx on aliases (id) where state = 'active' and (ends_at is not null or ends_left = 0 or ends_idle_days is not null);
