-- Names of collectors may have digits, as metric families may (`snmp.ipv6-pool`). The table has one row for each interval that was
-- set, so checking them again takes no time; it is locked meanwhile.
alter table agents.collector_interval drop constraint collector_interval_collector_check;
alter table agents.collector_interval add constraint collector_interval_collector_check
  check (collector ~ '^[a-z0-9-]{1,32}\.[a-z0-9-]{1,32}$');
