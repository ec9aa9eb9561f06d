-- Who has set up a channel last: what somebody does from it (a button in a chat) is on that account's authority. Null: from before.
-- expand
alter table notify.channel add column changed_by uuid;
