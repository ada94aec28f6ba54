-- The order in which the programs of SimpleLogin and addy.io show them.
create index aliases_page_idx on aliases (account_id, pinned desc, id desc);
