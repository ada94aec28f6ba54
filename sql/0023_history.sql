-- What moves with an archive from another host. Threads: the key of an alias' Message-IDs and of the hashes of those that came to it, encrypted at
-- rest; null: it follows from the secret of this host. Until now all aliases of a host shared two keys, which could not be given away.
alter table aliases add column thread_key bytea;

-- Lines of activity from elsewhere have ids below zero, in the order of the archive (newest first), so that they follow whatever happened here.
-- Once each, however often the archive is brought.
create sequence activity_history as bigint increment -1 start -1 minvalue -9223372036854775807 maxvalue -1;
create unique index activity_history_idx on activity (alias_id, at, kind, coalesce(delivery_id, 0), coalesce(thread, 0)) where id < 0;
