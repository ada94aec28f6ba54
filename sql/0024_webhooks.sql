-- Webhooks of an account, and the calls that wait for them. URL and secret are encrypted: either may open a door.
create table webhooks (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  url_encrypted bytea not null,
  secret_encrypted bytea not null,
  events text[] not null,
  enabled boolean not null default true,
  created_at timestamptz not null,
  last_at timestamptz,                  -- the latest call, and what came of it
  last_status integer,
  last_error text,
  failing_since timestamptz,            -- no call was taken since
  given_up integer not null default 0,  -- calls, since the latest that was taken
  switched_off_at timestamptz           -- by us, after days of failing
);
create index webhooks_account_idx on webhooks (account_id);

-- Written in the statement that writes the activity. No foreign key on purpose: a webhook that is deleted at that moment must not fail mail.
create table webhook_calls (
  id bigint generated always as identity primary key,
  uuid uuid not null default gen_random_uuid(),
  webhook_id bigint not null,
  event text not null,
  at timestamptz not null,
  alias_uuid uuid,
  alias_address text,
  detail text,                          -- a reason, or the organisation of a stranger
  attempts integer not null default 0,
  next_attempt_at timestamptz not null
);
create index webhook_calls_due_idx on webhook_calls (next_attempt_at);
create index webhook_calls_webhook_idx on webhook_calls (webhook_id, next_attempt_at);
