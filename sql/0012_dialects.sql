-- What clients of SimpleLogin and addy.io need to know.

-- addy.io shows when an alias was deleted, which is our closed.
alter table aliases add column closed_at timestamptz;
update aliases a set closed_at = (select max(at) from activity where alias_id = a.id and kind = 'closed') where state = 'closed';

-- SimpleLogin's clients know a correspondent by a 32-bit integer. It gets one when such a client first sees it: the ids of the table
-- grow with each message that comes, and must not run out of 32 bits, let alone stop mail when they do.
create sequence correspondent_numbers as integer;
alter table correspondents add column number integer unique;
