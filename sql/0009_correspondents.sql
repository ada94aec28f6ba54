-- Those who write to an alias and are answered: whose they are, how long they are kept, who is blocked, who may answer as the alias.

alter table correspondents
  add column account_id text,
  add column name text,                 -- as the owner calls it
  add column blocked_at timestamptz;    -- its mail to this alias is held
update correspondents c set account_id = a.account_id from aliases a where a.id = c.alias_id;
alter table correspondents
  alter column account_id set not null,
  drop constraint correspondents_alias_id_fkey,
  add foreign key (alias_id, account_id) references aliases (id, account_id) on delete cascade;
create index correspondents_account_idx on correspondents (account_id, id desc);
create index correspondents_alias_idx on correspondents (alias_id, id desc);
create index correspondents_blocked_idx on correspondents (alias_id) where blocked_at is not null;
create index correspondents_last_used_idx on correspondents (account_id, last_used_at) where blocked_at is null;

-- Whose mail is held whichever alias of the account it is for.
create table account_blocks (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  address_hash bytea not null,          -- keyed hash of the account and the address
  address_encrypted bytea not null,
  created_at timestamptz not null,
  unique (account_id, address_hash)
);

-- For mail programs, on the submission port: the user is an alias.
create table app_passwords (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  account_id text not null references "user" (id) on delete cascade,
  alias_id integer,                     -- null: any alias of the account
  name text not null,
  secret_hash bytea not null unique,    -- keyed; the secret has 120 random bits
  created_at timestamptz not null,
  last_used_at timestamptz,             -- to the minute
  foreign key (alias_id, account_id) references aliases (id, account_id) on delete cascade
);
create index app_passwords_account_idx on app_passwords (account_id, id desc);
create index app_passwords_alias_idx on app_passwords (alias_id);

alter table account_settings
  add column correspondent_days integer not null default 400 check (correspondent_days between 30 and 3650),
  add column real_name text,            -- must not leave in a reply
  add column share_answers boolean not null default false;     -- the other inboxes of an alias may see which of them answered

-- For an inbox whose provider signs nothing: what proves its replies stands in the reverse aliases that it is shown.
alter table inboxes add column reply_secret bytea check (octet_length(reply_secret) = 16);
