-- Who a message in the local inbox is from: with relay local an owner sees what he answered, as the company would have got it.
alter table local_messages add column from_address text;
create index local_messages_from on local_messages (from_address);
