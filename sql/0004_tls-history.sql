-- What is known of the TLS of mail servers, so that nobody in between can take it away unnoticed.

create table tls_history (
  domain text primary key,
  seen_at timestamptz,                  -- when a message was last handed over with TLS
  policy jsonb                          -- its MTA-STS policy (RFC 8461), as last fetched
);
