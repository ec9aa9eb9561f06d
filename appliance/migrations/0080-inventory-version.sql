-- A number per organisation that grows with each transaction that changes what ingest looks up: devices and who reads them, names of
-- interfaces, targets, leases, sites of agents, and probes. What was looked up under the same number is still true. And an index to
-- find interfaces that had another name lately. Creates one table and triggers; locks the tables it watches for a moment.
-- expand
create index interface_name_until on inventory.interface_name (org_id, until);

-- Not in backups: it begins with a time, so that no number comes twice after a restore.
create table inventory.version (
  org_id uuid primary key,
  n bigint not null
);
alter table inventory.version enable row level security;
alter table inventory.version force row level security;
create policy org on inventory.version using (org_id = (select platform.current_org()));
-- The function below, for changes outside of an organisation too.
create policy owner on inventory.version to current_user using (true) with check (true);
grant select on inventory.version to ispvm_app;

-- Runs at the end of a transaction, so that the row is locked last and briefly, and once: the first changed row is enough.
create function inventory.bump_version() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  bumped uuid := case when tg_op = 'DELETE' then old.org_id else new.org_id end;
begin
  if current_setting('app.bumped', true) = bumped::text then return null; end if;
  perform set_config('app.bumped', bumped::text, true);
  update inventory.version set n = n + 1 where org_id = bumped;
  if not found then
    insert into inventory.version (org_id, n) values (bumped, (extract(epoch from clock_timestamp()) * 1000)::bigint)
      on conflict (org_id) do update set n = inventory.version.n + 1;
  end if;
  return null;
end $$;

create constraint trigger bump_version after insert or delete
    or update of agent_id, preferred_agent_id, incoming_agent_id, agent_fallback, fallback_agent_ids, methods, site_id on inventory.device
  deferrable initially deferred for each row execute function inventory.bump_version();
create constraint trigger bump_version after insert or update or delete on inventory.target
  deferrable initially deferred for each row execute function inventory.bump_version();
create constraint trigger bump_version after insert or delete or update of name, gone_at on inventory.interface
  deferrable initially deferred for each row execute function inventory.bump_version();
create constraint trigger bump_version after insert or update or delete on agents.lease
  deferrable initially deferred for each row execute function inventory.bump_version();
create constraint trigger bump_version after insert or update of site_id or delete on agents.agent
  deferrable initially deferred for each row execute function inventory.bump_version();
create constraint trigger bump_version after insert or update or delete on probes.probe
  deferrable initially deferred for each row execute function inventory.bump_version();
