-- What the appliance asks agents to hide, besides what the settings of their hosts hide. Each change is a version, so that an agent can
-- report which one it applies. The key of the pseudonyms is derived from the master key and not stored. A new table: no locks.
-- expand
create table agents.redaction (
  org_id uuid not null references orgs.org,
  version int not null check (version > 0),
  users boolean not null,
  addresses boolean not null,
  key_number int not null check (key_number > 0), -- counts the keys: another number is another key
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (org_id, version)
);
alter table agents.redaction enable row level security;
alter table agents.redaction force row level security;
create policy org on agents.redaction using (org_id = (select platform.current_org()));
grant select, insert on agents.redaction to ispvm_app;
