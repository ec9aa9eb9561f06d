-- An interface keeps its row, and so its history, when it is renamed: `router_id` is what RouterOS counts it by, `type_source` the
-- source of its type, `named_at` since when it has its name. `interface_name` has the names that interfaces had before, for values and
-- events of that time. `interfaces_at` is the time of the newest list of interfaces, so that an older one changes nothing. Locks
-- inventory.interface and inventory.device for an instant: the columns have no default that existing rows need.
-- expand
alter table inventory.interface add router_id text, add type_source text, add named_at timestamptz, add created_at timestamptz;
alter table inventory.interface alter created_at set default now();
alter table inventory.device add interfaces_at timestamptz;

create table inventory.interface_name (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  interface_id int not null references inventory.interface on delete cascade,
  name text not null,
  until timestamptz not null
);
create index interface_name_name on inventory.interface_name (device_id, name, until);
create index interface_name_interface on inventory.interface_name (interface_id);
alter table inventory.interface_name enable row level security;
alter table inventory.interface_name force row level security;
create policy org on inventory.interface_name using (org_id = (select platform.current_org()));
grant select, insert, update, delete on inventory.interface_name to ispvm_app;

-- Gives the values of one interface to another of the same device, and restates rollups: for a row that was made by the first values
-- under a new name, before the facts showed which interface was renamed. The caller deletes that row.
create function ispvm.move_interface(p_from int, p_to int) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  s record;
  v_lo timestamptz;
  v_hi timestamptz;
begin
  if (select count(*) from inventory.interface a join inventory.interface b on a.device_id = b.device_id and a.id <> b.id
      where a.id = p_from and b.id = p_to) <> 1 then
    raise exception 'move_interface: % and % are not interfaces of one device', p_from, p_to;
  end if;
  for s in
    select x.name from ispvm.series x
      join pg_attribute a on a.attrelid = format('series.%I', x.name)::regclass and a.attname = 'interface_id' and not a.attisdropped
    where not exists (select from ispvm.rollup r where r.name || '_m' = x.name)
    order by x.name
  loop
    execute format('select min(ts), max(ts) from series.%I where interface_id = $1', s.name) into v_lo, v_hi using p_from;
    continue when v_lo is null;
    perform ispvm.late(s.name, v_lo, v_hi);
    execute format('update series.%I t set interface_id = $2 where interface_id = $1 and ts between $3 and $4
        and not exists (select from series.%1$I o where o.interface_id = $2 and o.ts = t.ts)', s.name)
      using p_from, p_to, v_lo, v_hi;
  end loop;
end $$;
revoke all on function ispvm.move_interface from public;
grant execute on function ispvm.move_interface to ispvm_app;
