-- Which SNMPv3 user a credential has; its passwords are sealed with the rest. A nullable column: locks the table for a moment only.
alter table secrets.credential add column snmp_v3_user text;
