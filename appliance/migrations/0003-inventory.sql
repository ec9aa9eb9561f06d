-- What exists. Series are keyed by the small integers (`key`, interface.id, target.id), everything else by uuid.
create table inventory.region (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null,
  unique (org_id, name)
);
create table inventory.site (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  region_id uuid references inventory.region on delete set null,
  name text not null,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  note text not null default '',
  unique (org_id, name)
);
create table inventory.device (
  id uuid primary key default gen_random_uuid(),
  key int generated always as identity unique,
  org_id uuid not null references orgs.org,
  site_id uuid references inventory.site on delete set null,
  credential_id uuid references secrets.credential on delete set null,
  agent_id uuid, -- agents.agent, by 0004
  name text not null,
  address text not null,
  roles text[] not null default '{}',
  methods jsonb not null,
  note text not null default '',
  identity text,
  vendor text,
  board text,
  version text,
  architecture text,
  serial text,
  facts_at timestamptz,
  created_at timestamptz not null default now(),
  unique (org_id, name)
);
create index device_agent on inventory.device (agent_id);
-- Identity of a port is (device, name): ifIndex changes with every PPPoE session and every reboot.
create table inventory.interface (
  id int generated always as identity primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  name text not null,
  type text not null default '',
  mac text,
  comment text,
  mtu int,
  speed_bps bigint,
  if_index bigint,
  gone_at timestamptz, -- no longer told of by the device; kept for its history
  unique (device_id, name)
);
-- What is probed: today the one address of a device; gateways and DNS servers later.
create table inventory.target (
  id int generated always as identity primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null unique references inventory.device on delete cascade
);
create table inventory.link (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text,
  a_device_id uuid not null references inventory.device on delete cascade,
  a_interface text, -- by name: a link may be drawn before the port has been seen
  b_device_id uuid not null references inventory.device on delete cascade,
  b_interface text,
  capacity_bps bigint,
  medium text check (medium in ('fibre', 'radio', 'copper', 'virtual')),
  check (a_device_id <> b_device_id)
);
create index link_a on inventory.link (a_device_id);
create index link_b on inventory.link (b_device_id);

do $$
declare t text;
begin
  foreach t in array array['region', 'site', 'device', 'interface', 'target', 'link'] loop
    execute format('alter table inventory.%I enable row level security', t);
    execute format('alter table inventory.%I force row level security', t);
    execute format('create policy org on inventory.%I using (org_id = platform.current_org())', t);
    execute format('grant select, insert, update, delete on inventory.%I to ispvm_app', t);
  end loop;
end $$;
