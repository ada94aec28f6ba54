-- What the spam filter gave a message that it called spam, for the forwarded copy that is delivered later and for the owner of a held one.
-- Null: it did not, or was not asked.
alter table messages add column spam_score double precision;

-- From this score on such a message is held instead of forwarded. Null: never.
alter table account_settings add column spam_threshold double precision default 10;
