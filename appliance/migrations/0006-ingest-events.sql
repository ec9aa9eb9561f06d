-- The ledger of batches, what was refused, and events. New tables: locks nothing.

-- A batch's name is (agent, buffer, number). The ack is written in the transaction that stores the batch, so a batch that comes
-- again finds its answer here, and a crash between commit and answer costs nothing.
create table ingest.batch (
  agent_id uuid not null references agents.agent on delete cascade,
  buffer uuid not null,
  number bigint not null,
  org_id uuid not null references orgs.org,
  received_at timestamptz not null,
  items int not null,
  ack jsonb not null,
  primary key (agent_id, buffer, number)
);
-- Well-formed items that were refused for their time or for whose device they name: a router without a clock, a device moved
-- to another agent while its values were buffered. Kept for a while, so that a person can see what the refusal cost.
create table ingest.quarantine (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  agent_id uuid not null references agents.agent on delete cascade,
  received_at timestamptz not null,
  reason text not null,
  item jsonb not null
);
create index quarantine_org on ingest.quarantine (org_id, received_at);
create index quarantine_agent on ingest.quarantine (agent_id);

-- `id` is the agent's: the same event told twice is one. Plain, not partitioned: a row a minute is a lot for a device, and a key
-- without time is what makes that dedup hold. A device's events outlive it.
create table events.event (
  org_id uuid not null references orgs.org,
  id uuid not null,
  at timestamptz not null,
  received_at timestamptz not null,
  device_id uuid not null,
  agent_id uuid not null,
  name text not null,
  source text not null,
  severity text not null,
  interface text,
  message text not null,
  attributes jsonb not null,
  primary key (org_id, id)
);
create index event_at on events.event (org_id, at desc, id desc);
create index event_device on events.event (org_id, device_id, at desc, id desc);

do $$
declare t text;
begin
  foreach t in array array['ingest.batch', 'ingest.quarantine', 'events.event'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = platform.current_org())', t::regclass);
    execute format('grant select, insert, delete on %s to ispvm_app', t::regclass);
  end loop;
end $$;
