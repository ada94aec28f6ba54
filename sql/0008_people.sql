-- The people of a host: who may come, what they may have, what their tokens and devices may do.

alter table account_settings
  add column alias_limit integer check (alias_limit >= 0),          -- null: as many as they like
  add column address_format text not null default 'company' check (address_format in ('company', 'words', 'letters')),
  add column delete_at timestamptz check (delete_at is null or suspended_at is not null);    -- the end of the days of grace
create index account_settings_delete_at_idx on account_settings (delete_at) where delete_at is not null;

create table invitations (
  id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique,
  made_by text references "user" (id) on delete set null,
  email text,                           -- where the operator sent it; null: handed over by other means
  held_bytes bigint not null check (held_bytes >= 0),
  alias_limit integer check (alias_limit >= 0),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  account_id text references "user" (id) on delete set null          -- who came by it
);

-- What better-auth's key does not know: where and how much a token may create, and when it was last used.
create table token_limits (
  token_id text primary key references apikey (id) on delete cascade,
  domain text,                          -- creates addresses of this domain alone
  daily_limit integer check (daily_limit > 0),
  day date,                             -- UTC; `created` counts on it
  created integer not null default 0,
  last_used_at timestamptz              -- to the minute
);

-- Browsers that somebody signed in with, so that a new one is told by mail.
create table devices (
  account_id text not null references "user" (id) on delete cascade,
  token_hash bytea not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (account_id, token_hash)
);

-- Tries that are counted, for all processes together; keys are hashes. After a crash of the database counting begins anew.
create unlogged table tries (
  key bytea primary key,
  count integer not null,
  since timestamptz not null,
  until timestamptz not null
);
create index tries_until_idx on tries (until);

-- The same by client address, in the shape of better-auth.
create unlogged table "rateLimit" ("id" text not null primary key, "key" text not null unique, "count" integer not null, "lastRequest" bigint not null);

-- A retried call makes no second alias (the Idempotency-Key field).
create table idempotency_keys (
  account_id text not null references "user" (id) on delete cascade,
  key_hash bytea not null,
  alias_id integer references aliases (id) on delete cascade,
  at timestamptz not null,
  primary key (account_id, key_hash)
);
create index idempotency_keys_at_idx on idempotency_keys (at);

-- The six digits of a verification mail, for whoever reads it on another device.
alter table one_time_links
  add column code_hash bytea,
  add column code_tries integer not null default 0;

-- What SPF, DKIM and DMARC said of a message, as its owner sees its way; as in messages.
alter table activity add column authentication text;

create index aliases_label_idx on aliases (account_id, label) where label is not null;
