-- Who may write to an alias, and who wrote to it first: a stranger is who the alias was not given to.

-- 'domain': the organisation and what is below it · 'address': one mailbox · 'signer': signs for the organisation, as its bulk mailer does.
create table expected_senders (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  alias_id integer not null references aliases (id) on delete cascade,
  kind text not null check (kind in ('domain', 'address', 'signer')),
  name text not null,
  origin text not null check (origin in ('first', 'learned', 'owner')),      -- 'first': of an alias without a site, whom it was given to
  unproven boolean not null default false,                                   -- its owner takes their mail without proof, too
  created_at timestamptz not null,
  unique (alias_id, kind, name)
);
-- Of two that write first at the same time, one is whom the alias was given to.
create unique index expected_senders_first_idx on expected_senders (alias_id) where origin = 'first';

-- The first message of each author that an alias got, held ones too.
create table senders (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  alias_id integer not null references aliases (id) on delete cascade,
  address_hash bytea not null,          -- as in correspondents
  address_encrypted bytea not null,
  domain text not null,
  organisation text not null,           -- by the public suffix list
  proven boolean not null,              -- that it was they, in any of their messages
  stranger boolean not null,
  first_at timestamptz not null,
  evidence_encrypted bytea,             -- header, envelope, results; until the account's days are over
  unique (alias_id, address_hash)
);
create index senders_alias_idx on senders (alias_id, id desc);
create index senders_strangers_idx on senders (alias_id, id) where stranger;
create index senders_evidence_idx on senders (first_at) where evidence_encrypted is not null;

alter table account_settings
  add column strangers text not null default 'flag' check (strangers in ('flag', 'hold', 'silent')),
  add column stranger_subject text,     -- in front of the subject of their mail
  add column evidence_days integer not null default 90 check (evidence_days between 0 and 3650);

-- An alias learns for 14 days from its creation, or from now on where it is older than this table.
alter table aliases
  add column strangers text check (strangers in ('flag', 'hold', 'silent')), -- null: as the account says
  add column learned integer not null default 0,                             -- messages that it learned from
  add column learning_since timestamptz default now();
alter table aliases alter column learning_since drop default;
