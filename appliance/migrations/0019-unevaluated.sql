-- What was stored and acknowledged and is not evaluated yet. A row is written in the transaction that
-- stores a batch (or a router's push) and deleted in the transaction that stores the alert states the
-- batch led to. What is left after a crash is evaluated at the next start, in order, before anything new.
-- A batch without bad news has no row: the next probe says the same again. New table: locks nothing.
create table ingest.unevaluated (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  agent_id uuid references agents.agent on delete cascade,
  device_id uuid references inventory.device on delete cascade, -- a router that reports itself
  received_at timestamptz not null,
  skew_ms float8 not null,
  seen jsonb not null, -- probes, port states and events, as the wire has them
  check ((agent_id is null) <> (device_id is null))
);
create index unevaluated_org on ingest.unevaluated (org_id, id);
create index unevaluated_agent on ingest.unevaluated (agent_id);
create index unevaluated_device on ingest.unevaluated (device_id);

alter table ingest.unevaluated enable row level security;
alter table ingest.unevaluated force row level security;
create policy org on ingest.unevaluated using (org_id = platform.current_org());
grant select, insert, delete on ingest.unevaluated to ispvm_app;
