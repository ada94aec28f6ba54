-- What people bring along. An import that its process left unfinished is simply made again: what was taken is known by its address.

create table imports (
  id uuid primary key default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  format text not null,
  dry_run boolean not null,
  state text not null check (state in ('running', 'done', 'stopped', 'failed')),
  problem text check ((problem is not null) = (state = 'failed')),
  total integer,                        -- null until the file is read
  looked integer not null default 0,
  taken integer not null default 0,
  same integer not null default 0,      -- were here already
  not_taken integer not null default 0,
  new_inboxes text[] not null default '{}',      -- were made, or would be
  started_at timestamptz not null,
  seen_at timestamptz not null,         -- its process lives: told with each batch
  finished_at timestamptz,
  stop_asked boolean not null default false
);
create index imports_account_idx on imports (account_id, started_at desc);

-- The report: what was not taken and why, what got another address, what its owner should know.
create table import_lines (
  import_id uuid not null references imports (id) on delete cascade,
  seq integer not null,
  line integer not null,
  address text not null,
  outcome text not null check (outcome in ('taken', 'same', 'not-taken')),
  new_address text,
  remark text,
  primary key (import_id, seq)
);

-- The address of another service that an alias stands for, so that importing the list again makes no second one.
create table former_addresses (
  account_id text not null,
  address text not null,
  alias_id integer not null,
  primary key (account_id, address),
  foreign key (alias_id, account_id) references aliases (id, account_id) on delete cascade
);
create index former_addresses_alias_idx on former_addresses (alias_id);
