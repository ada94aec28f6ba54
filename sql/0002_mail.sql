-- What Burnbox keeps. Addresses are stored in their canonical form: lower case, domain as A-labels.

create extension if not exists pg_trgm;

create table host_state (
  key text primary key,
  value text not null
);

create table domains (
  id bigint generated always as identity primary key,
  name text not null unique check (name = lower(name)),
  account_id text references "user" (id) on delete cascade          -- null: the host's own, open to every account
);

create table inboxes (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  address text not null,
  verified_at timestamptz,
  created_at timestamptz not null,
  unique (account_id, address),
  unique (id, account_id)
);
create index inboxes_address_idx on inboxes (address);

create table account_settings (
  account_id text primary key references "user" (id) on delete cascade,
  role text not null check (role in ('operator', 'member')),
  default_inbox_id bigint,
  held_days integer not null default 30 check (held_days between 1 and 365),
  held_bytes bigint not null default 200000000 check (held_bytes >= 0),   -- 200 MB
  activity_days integer not null default 90 check (activity_days between 1 and 3650),
  suspended_at timestamptz,
  created_at timestamptz not null,
  foreign key (default_inbox_id, account_id) references inboxes (id, account_id)
);

-- Two ids: SimpleLogin's clients need a 32-bit integer, addy.io's a UUID.
create table aliases (
  id integer generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  domain_id bigint not null references domains (id),
  local_part text not null check (local_part = lower(local_part) and octet_length(local_part) between 1 and 64),
  address text not null unique,
  state text not null default 'active' check (state in ('active', 'burned', 'closed')),
  system boolean not null default false check (not system or state = 'active'),   -- postmaster and abuse
  site text,
  label text,
  note text,
  display_name text,
  pinned boolean not null default false,
  created_at timestamptz not null,
  burned_at timestamptz check (state <> 'burned' or burned_at is not null),       -- the latest burn
  search text not null generated always as (
    lower(address || ' ' || coalesce(label, '') || ' ' || coalesce(note, '') || ' ' || coalesce(site, '') || ' ' || coalesce(display_name, ''))
  ) stored,
  unique (domain_id, local_part),
  unique (id, account_id),
  check (starts_with(address, local_part || '@'))
);
create index aliases_search_idx on aliases using gin (search gin_trgm_ops);
create index aliases_account_idx on aliases (account_id, id desc);
create index aliases_site_idx on aliases (account_id, site);

-- Beside the alias, not in it: counting must not rewrite the trigram index.
create table alias_counts (
  alias_id integer primary key,
  account_id text not null,
  delivered bigint not null default 0,
  held bigint not null default 0,
  replied bigint not null default 0,
  last_message_at timestamptz,
  foreign key (alias_id, account_id) references aliases (id, account_id) on delete cascade
) with (fillfactor = 70);
create index alias_counts_last_idx on alias_counts (account_id, last_message_at desc nulls last, alias_id desc);

create table alias_inboxes (
  alias_id integer not null,
  inbox_id bigint not null,
  account_id text not null,
  primary key (alias_id, inbox_id),
  foreign key (alias_id, account_id) references aliases (id, account_id) on delete cascade,
  foreign key (inbox_id, account_id) references inboxes (id, account_id)
);
create index alias_inboxes_inbox_idx on alias_inboxes (inbox_id);

-- Addresses that were deleted, as keyed hashes: never given out again.
create table retired_addresses (
  address_hash bytea primary key
);

create table correspondents (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  alias_id integer not null references aliases (id) on delete cascade,
  address_hash bytea not null,          -- keyed hash of the alias and the address
  address_encrypted bytea not null,     -- AES-256-GCM, nonce first
  reverse_local_part text not null unique check (octet_length(reverse_local_part) <= 64),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  unique (alias_id, address_hash)
);

create table messages (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  reverse_path text not null,           -- '' is the null reverse-path
  helo text not null,
  client_ip text not null,
  protocol text not null,               -- as in the Received field: ESMTP, ESMTPS, UTF8SMTP ...
  smtp_utf8 boolean not null,
  eight_bit boolean not null,
  authenticated boolean not null,
  from_text text not null,              -- for people: decoded and clipped
  subject text not null,
  size bigint not null
);

create table message_chunks (
  message_id bigint not null references messages (id) on delete cascade,
  seq integer not null,
  bytes bytea not null check (octet_length(bytes) between 1 and 524288),
  primary key (message_id, seq)
);
alter table message_chunks alter column bytes set storage external;

create table held (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null,
  alias_id integer not null,
  message_id bigint references messages (id),
  inbox_id bigint references inboxes (id) on delete set null,       -- set when one inbox of several refused it
  direction text not null check (direction in ('in', 'out')),
  reason text not null check (reason in ('burned', 'refused', 'expired', 'unconfirmed', 'unauthentic', 'spam', 'stranger', 'blocked', 'report',
    'suspended', 'no-inbox', 'closed', 'quiet', 'flood', 'would-reveal', 'unsupported')),
  reason_text text not null,
  held_at timestamptz not null,
  burned_at timestamptz check ((reason = 'burned') = (burned_at is not null)),     -- the burn that held it
  size bigint not null,
  authenticated boolean not null,
  read_at timestamptz,
  released_at timestamptz,              -- set while a release is under way and after it
  check (released_at is not null or message_id is not null),
  foreign key (alias_id, account_id) references aliases (id, account_id)
);
create index held_account_idx on held (account_id, id desc) include (size, reason) where released_at is null;
create index held_alias_idx on held (alias_id, id desc) where released_at is null;
create index held_held_at_idx on held (held_at);
create index held_message_idx on held (message_id);

-- The queue. Ids are random 62-bit numbers made before the first attempt, so that a delivery has its id (and its VERP address) without a row.
create table deliveries (
  id bigint primary key,
  kind text not null check (kind in ('forward', 'own')),             -- 'own': our verification mails and notices
  account_id text not null references "user" (id) on delete cascade,
  alias_id integer,
  inbox_id bigint references inboxes (id) on delete set null,
  message_id bigint not null references messages (id),
  released boolean not null default false,                           -- by its owner, from holding: burned and closed no longer matter
  held_id bigint references held (id) on delete set null,            -- the held message that it was
  state text not null check (state in ('queued', 'sent')),           -- 'sent': our final dot is out, the reply awaited
  attempts integer not null default 0,
  unknown_outcomes integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  next_attempt_at timestamptz not null,
  lease_until timestamptz,
  lease_token bigint,                                                -- fences a worker that lost its lease
  last_reply text,
  check ((kind = 'forward') = (alias_id is not null)),
  check ((lease_until is null) = (lease_token is null)),
  foreign key (alias_id, account_id) references aliases (id, account_id)
);
create index deliveries_due_idx on deliveries (next_attempt_at);
create index deliveries_alias_idx on deliveries (alias_id);
create index deliveries_message_idx on deliveries (message_id);
create unique index deliveries_one_release on deliveries (held_id, inbox_id);

create table activity (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  account_id text not null references "user" (id) on delete cascade,
  alias_id integer,                     -- no foreign key: the line outlives its alias, with the address as text
  alias_address text,
  delivery_id bigint,
  kind text not null check (kind in ('created', 'burned', 'restored', 'closed', 'forgotten', 'delivered', 'queued', 'deferred', 'held', 'released',
    'deleted', 'lapsed', 'let-go', 'bounced', 'refused', 'replied', 'failed')),
  reason text,
  sender text,                          -- the From address, as text for the owner
  reply text,                           -- what the other server answered
  size bigint
);
create index activity_account_idx on activity (account_id, id desc);
create index activity_alias_idx on activity (alias_id, id desc);

create table daily_counts (
  account_id text not null references "user" (id) on delete cascade,
  alias_id integer not null,            -- no foreign key: totals outlive their alias
  day date not null,
  delivered bigint not null default 0,
  held bigint not null default 0,
  replied bigint not null default 0,
  primary key (account_id, day, alias_id)
) with (fillfactor = 70);
create index daily_counts_alias_idx on daily_counts (alias_id, day);

create table local_messages (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  message_id bigint not null references messages (id),
  address text not null,
  received_at timestamptz not null
);
create index local_messages_address_idx on local_messages (address, id desc);
create index local_messages_message_idx on local_messages (message_id);

create table one_time_links (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('setup', 'sign-in', 'verify-inbox')),
  account_id text references "user" (id) on delete cascade,
  inbox_id bigint references inboxes (id) on delete cascade,
  expires_at timestamptz not null,
  check (case purpose when 'setup' then account_id is null when 'sign-in' then account_id is not null else inbox_id is not null end)
);
