-- Addresses that are made by the mail that comes to them, at a domain of an account (also `anna.` below the host's).
alter table domains add column made_up text not null default 'off' check (made_up in ('off', 'on', 'pattern'));
alter table domains add column made_up_pattern text;
-- New ones a day (UTC); the mail of more is held.
alter table domains add column made_up_daily integer not null default 20 check (made_up_daily between 0 and 1000);
alter table domains add column made_up_day date;
alter table domains add column made_up_count integer not null default 0;

-- How an alias came to be. Of who wrote only the domain is kept: their address is in senders, encrypted.
alter table aliases add column origin text not null default 'owner' check (origin in ('owner', 'made-up'));
alter table aliases add column origin_from text;
alter table aliases add column origin_host text;
alter table aliases add column origin_ip text;
-- It was made when enough of that day had been: its mail is held until its owner restores it.
alter table aliases add column flooded boolean not null default false;
