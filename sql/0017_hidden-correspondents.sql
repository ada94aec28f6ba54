-- SimpleLogin's clients delete a contact: it is out of their list until it is used again. Its reverse alias works on: it stands in mail.
alter table correspondents add column hidden_at timestamptz;
