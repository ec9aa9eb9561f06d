-- How severe an incident is. Earlier incidents get `critical` where devices were out of reach because of them, else `major`. The column
-- has a constant default, so adding it rewrites nothing; the update concerns one small table.
-- expand
alter table incidents.incident
  add column severity text not null default 'major' check (severity in ('critical', 'major', 'minor', 'warning')),
  add column severity_set_by text;
update incidents.incident set severity = 'critical' where devices_downstream > 0;
