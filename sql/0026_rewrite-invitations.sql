-- Calendars in forwarded mail name the organizer by his reverse alias, so that an answer goes out as the alias.
alter table account_settings add column rewrite_invitations boolean not null default false;
