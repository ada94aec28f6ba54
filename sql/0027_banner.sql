-- A line on top of forwarded mail with links to burn and manage its address.
alter table account_settings add column banner boolean not null default false;
