-- What was found of a message's authenticity when it came: the value of our Authentication-Results field (RFC 8601), for the forwarded copy that is
-- delivered later and for the owner of a held one. Empty: it was not verified.
alter table messages add column authentication text not null default '';
