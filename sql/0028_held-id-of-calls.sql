-- Which held message a call is about, by the id that its owner knows.
alter table webhook_calls add column held_uuid uuid;
