-- Notifications: `failures` is how many attempts on a channel have failed one after another, so that all of its messages go to the
-- channel that stands in for it at once. `template` is a channel's own title and text. Of a delivery: `step` is the step of its
-- policy, `taken` the numbers that have taken it already. Columns with constant defaults or none: nothing is rewritten, and the locks
-- are short.
-- expand
alter table notify.channel add column failures integer not null default 0, add column template jsonb;
alter table notify.delivery add column step integer, add column taken jsonb;
