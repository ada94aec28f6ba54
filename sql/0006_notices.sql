-- What an account is told by mail, at most once a day: a line for each thing, told once until it happens again. The kinds are in policy/notice.ts.
create table notices (
  id bigint generated always as identity primary key,
  account_id text not null references "user" (id) on delete cascade,
  kind text not null,
  about text not null,                  -- what it is about, once for each account and kind: the id of an inbox or alias, a domain
  inbox_id bigint references inboxes (id) on delete cascade,
  detail text not null,                 -- for people: what another server answered, say
  at timestamptz not null,
  told_at timestamptz,
  unique (account_id, kind, about)
);
create index notices_untold_idx on notices (account_id) where told_at is null;
create index notices_told_at_idx on notices (told_at);

alter table account_settings
  add column notices boolean not null default true,
  add column noticed_at timestamptz;                                -- the day's notice is taken: by whom is first, of several processes

-- An inbox whose server refuses mail. An accepted delivery from refused_until on ends it: at once, or after a day where the server
-- accepts first and bounces later.
alter table inboxes
  add column refused_since timestamptz,
  add column refused_reply text,
  add column refused_until timestamptz,
  add check (num_nulls(refused_since, refused_reply, refused_until) in (0, 3));

-- Mail of our own to an address that is no inbox: the sign-in address of its account.
alter table deliveries add column forward_path text check (forward_path is null or (kind = 'own' and inbox_id is null));

-- When mail went there in the clear although it had gone there with TLS, until the owners of its inboxes are told.
alter table tls_history add column cleared_at timestamptz;
