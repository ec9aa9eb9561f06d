-- Several agents for one device. `device.agent_id` stays the agent that reads the device now: the holder of its lease. What people choose
-- is the preferred agent, and who may take over. Each lease is kept as a span of time, so that what an agent buffered while another one
-- held the lease is not stored a second time. Columns with constant defaults, and one update of all devices: short locks.
-- expand
alter table inventory.device add column preferred_agent_id uuid references agents.agent on delete set null;
alter table inventory.device add column agent_fallback text not null default 'none' check (agent_fallback in ('none', 'site', 'listed'));
alter table inventory.device add column fallback_agent_ids uuid[] not null default '{}';
-- Reads the device already, to take over without a gap in the rates.
alter table inventory.device add column incoming_agent_id uuid references agents.agent on delete set null;
-- For the owner, who updates the devices of all organisations.
alter table inventory.device no force row level security;
update inventory.device set preferred_agent_id = agent_id;
alter table inventory.device force row level security;

create table agents.lease (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  agent_id uuid not null references agents.agent on delete cascade,
  from_at timestamptz not null,
  to_at timestamptz, -- null: it is the holder
  reason text not null
);
create index lease_device on agents.lease (device_id, from_at);
create unique index lease_holder on agents.lease (device_id) where to_at is null;
create index lease_agent on agents.lease (agent_id);

-- By which methods an agent can read a device, as it found by trying.
create table agents.capability (
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  agent_id uuid not null references agents.agent on delete cascade,
  method text not null,
  works boolean not null,
  since timestamptz not null,
  tried_at timestamptz not null,
  reason text, -- why it does not work
  primary key (device_id, agent_id, method)
);
create index capability_agent on agents.capability (agent_id);

do $$
declare t text;
begin
  foreach t in array array['lease', 'capability'] loop
    execute format('alter table agents.%I enable row level security', t);
    execute format('alter table agents.%I force row level security', t);
    execute format('create policy org on agents.%I using (org_id = (select platform.current_org()))', t);
    execute format('grant select, insert, update, delete on agents.%I to ispvm_app', t);
  end loop;
end $$;
