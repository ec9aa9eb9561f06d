-- A script that sets up the accounts of the agents alone: links may fetch it. The table is small and short-lived: its check is replaced
-- in a moment.
-- expand
alter table companion.link drop constraint link_kind_check;
alter table companion.link add constraint link_kind_check check (kind in ('onboard', 'accounts', 'harden', 'confirm-harden', 'remove'));
