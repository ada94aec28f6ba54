-- What outgoing mail is signed with: keys of a domain, each published in DNS below its selector.

create table dkim_keys (
  domain text not null references domains (name) on delete cascade,
  selector text not null,
  algorithm text not null check (algorithm in ('rsa-sha256', 'ed25519-sha256')),
  state text not null check (state in ('next', 'active', 'retired')),
  public_key text not null,             -- base64, as p= of the record
  private_key_encrypted bytea check ((private_key_encrypted is null) = (state = 'retired')),     -- PKCS #8; AES-256-GCM, nonce first
  created_at timestamptz not null,
  changed_at timestamptz not null,      -- when it got its state
  primary key (domain, selector)
);
-- Two processes that make the first key, or the next one, get the same.
create unique index dkim_keys_active_idx on dkim_keys (domain, algorithm) where state = 'active';
create unique index dkim_keys_next_idx on dkim_keys (domain, algorithm) where state = 'next';
