-- Whether a Message-ID came to an alias is asked for each reply; of a busy alias 20,000 lines were read for it.
create index activity_thread_idx on activity (alias_id, thread) where thread is not null;
