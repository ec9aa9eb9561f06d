-- An alert kind is defined by one file of the program. A list of kinds in the database would need a migration for each new one, so
-- only the form of the name is checked. Reads the table of alerts once, under a short exclusive lock.
alter table alerts.alert drop constraint alert_kind_check;
alter table alerts.alert add constraint alert_kind_check check (kind ~ '^[a-z][a-z0-9-]{0,63}$');
