-- Alert rules of an organisation: each version that people wrote, with the text of the pack that it was made from, so that an upgrade of
-- the pack never overwrites it and shows what has changed. The latest version of a rule stands; one without text gives the rule back to
-- the pack. The pack itself is in the program. A new table: nothing is locked for long.
-- expand
create table alerts.rule_version (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  rule_id text not null check (rule_id ~ '^[a-z][a-z0-9-]{0,63}$'),
  version int not null check (version > 0),
  yaml text,
  base_yaml text,
  author text not null,
  reason text not null default '',
  at timestamptz not null default now(),
  unique (org_id, rule_id, version)
);
alter table alerts.rule_version enable row level security;
alter table alerts.rule_version force row level security;
create policy org on alerts.rule_version using (org_id = platform.current_org());
grant select, insert on alerts.rule_version to ispvm_app;
