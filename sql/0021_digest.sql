-- The digest of holding, and what an owner is told at once.
alter table account_settings
  add column digest text not null default 'weekly' check (digest in ('weekly', 'daily', 'off')),
  add column digest_at timestamptz,     -- the latest one, or when it was first looked
  add column urgent_at timestamptz;     -- the latest mail about a code for a burned address
