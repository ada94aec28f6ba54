-- Replies: mail that leaves through an alias to its correspondents. What is queued is the message as it leaves.

alter table deliveries
  drop constraint deliveries_kind_check,
  drop constraint deliveries_check,
  add constraint deliveries_kind_check check (kind in ('forward', 'reply', 'own')),
  add constraint deliveries_check check ((kind <> 'own') = (alias_id is not null)),
  add column correspondent_id bigint references correspondents (id) on delete set null;      -- of a reply: who it is for
create index deliveries_correspondent_idx on deliveries (correspondent_id) where correspondent_id is not null;
drop index deliveries_one_release;
create unique index deliveries_one_release on deliveries (held_id, inbox_id) where kind <> 'reply';
create unique index deliveries_one_reply on deliveries (held_id, correspondent_id) where kind = 'reply';

-- A held reply (direction 'out'): what of the owner was found in it, as policy/leak.ts has it; and whom it is for. inbox_id is the inbox that sent it.
alter table held add column finds jsonb check (finds is null or direction = 'out');
create table held_recipients (
  held_id bigint not null references held (id) on delete cascade,
  correspondent_id bigint not null references correspondents (id) on delete cascade,
  primary key (held_id, correspondent_id)
);
create index held_recipients_correspondent_idx on held_recipients (correspondent_id);

-- When the owner first wrote to one: how many new ones a day is limited.
alter table correspondents add column written_at timestamptz;

alter table account_settings add column replies_hourly integer not null default 100 check (replies_hourly >= 0);

-- A keyed hash of the Message-ID that came with a line's message: an id in a reply leaves as it is only where its alias has seen it.
alter table activity add column thread bigint;
