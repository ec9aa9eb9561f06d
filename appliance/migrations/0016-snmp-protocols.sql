-- Which version of SNMP a community is for, and by what an SNMPv3 user is authenticated and encrypted: shown
-- with a credential, and no secret. Credentials from before spoke SHA1 and AES-128 or v2c, so that existing rows take these as
-- defaults (no row is rewritten: the table is locked for a moment only); new rows always name their own.
alter table secrets.credential
  add column snmp_version text check (snmp_version in ('v1')),
  add column snmp_v3_auth_protocol text default 'SHA1',
  add column snmp_v3_priv_protocol text default 'AES128';
alter table secrets.credential
  alter column snmp_v3_auth_protocol drop default,
  alter column snmp_v3_priv_protocol drop default;
