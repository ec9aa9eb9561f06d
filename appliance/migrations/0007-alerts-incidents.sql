-- Alerts hold their present state (one row an entity and kind) and every step they took; incidents gather them under a cause.
create table alerts.alert (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  kind text not null check (kind in ('device-unreachable', 'interface-down', 'agent-silent')),
  entity text not null, -- device uuid, `device uuid/port name`, or agent uuid
  device_id uuid,
  interface text,
  agent_id uuid,
  phase text not null check (phase in ('ok', 'degraded', 'down', 'recovering', 'unknown')),
  reason text not null,
  since timestamptz not null,
  state jsonb not null, -- the machine's own, opaque to everybody else
  unique (org_id, kind, entity)
);
create table alerts.transition (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  alert_id uuid not null references alerts.alert on delete cascade,
  at timestamptz not null,
  was text not null,
  now text not null,
  reason text not null
);
create index transition_alert on alerts.transition (alert_id, at desc);
create table incidents.incident (
  id uuid primary key default gen_random_uuid(),
  number int not null,
  org_id uuid not null references orgs.org,
  state text not null check (state in ('open', 'acknowledged', 'closed')),
  title text not null,
  causes jsonb not null,
  alternatives jsonb not null default '[]',
  because jsonb not null default '[]',
  opened_at timestamptz not null,
  closed_at timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz,
  devices_down int not null default 0,
  devices_behind int not null default 0,
  updated_at timestamptz not null default now(),
  unique (org_id, number)
);
create index incident_open on incidents.incident (org_id, opened_at desc) where state <> 'closed';
create index incident_all on incidents.incident (org_id, opened_at desc);
-- Which alert stood in which incident, as what, and until when: the folded symptoms, kept after all is well again.
create table incidents.symptom (
  incident_id uuid not null references incidents.incident on delete cascade,
  alert_id uuid not null references alerts.alert on delete cascade,
  org_id uuid not null references orgs.org,
  part text not null check (part in ('cause', 'evidence', 'behind')),
  since timestamptz not null,
  until timestamptz,
  primary key (incident_id, alert_id)
);
create index symptom_alert on incidents.symptom (alert_id);
create table incidents.timeline (
  id bigint generated always as identity primary key,
  incident_id uuid not null references incidents.incident on delete cascade,
  org_id uuid not null references orgs.org,
  at timestamptz not null,
  kind text not null,
  who text not null,
  text text not null
);
create index timeline_incident on incidents.timeline (incident_id, at);

do $$
declare t text;
begin
  foreach t in array array['alerts.alert', 'alerts.transition', 'incidents.incident', 'incidents.symptom', 'incidents.timeline'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = platform.current_org())', t::regclass);
    execute format('grant select, insert, update, delete on %s to ispvm_app', t::regclass);
  end loop;
end $$;
