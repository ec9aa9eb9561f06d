-- Tables of a metric family are made from its row (agent/wire/families), not by a migration. Two
-- things are still needed for that: one table that numbers named things of any family, which is the
-- table of sensors with the family added, and a way to add columns to a rollup that has stored
-- hours already. Locks the table of sensors while its index is built again; no series is touched.
alter table series.sensor rename to entity;
alter table series.entity add column family text not null default 'sensor';
alter table series.entity alter column family drop default;
alter table series.entity drop constraint sensor_device_key_name_unit_key;
alter table series.entity add unique (device_key, family, name, unit);
alter sequence series.sensor_id_seq rename to entity_id_seq;
alter index series.sensor_pkey rename to entity_pkey;

-- Adds aggregates that the rollup lacks. Hours stored before have nulls there. `p_aggregates` are
-- SQL expressions, one for each of `p_columns`.
create function ispvm.rollup_extend(p_name text, p_columns text[], p_aggregates text[]) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  r ispvm.rollup;
  c record;
  v_type text;
  v_from text;
  added int := 0;
begin
  select * into strict r from ispvm.rollup where name = p_name for update;
  v_from := format(' from series.%I %%s group by ', r.source);
  for c in select * from unnest(p_columns, p_aggregates) as x (name, aggregate) loop
    if exists (select from pg_attribute where attrelid = format('series.%I', p_name)::regclass
        and attname = c.name and not attisdropped) then
      continue;
    end if;
    execute format('create temporary view rollup_extend as select %s as c from series.%I', c.aggregate, r.source);
    select format_type(atttypid, atttypmod) into strict v_type
      from pg_attribute where attrelid = 'pg_temp.rollup_extend'::regclass and attname = 'c';
    drop view pg_temp.rollup_extend;
    execute format('alter table series.%I add column %I %s', p_name || '_m', c.name, v_type);
    r.columns := r.columns || format(', %I', c.name);
    r.query := replace(r.query, v_from, format(', %s as %I', c.aggregate, c.name) || v_from);
    added := added + 1;
  end loop;
  if added = 0 then return 0; end if;
  update ispvm.rollup set columns = r.columns, query = r.query where name = p_name;
  execute format('create or replace view series.%I as select %s from series.%I union all ', p_name, r.columns, p_name || '_m')
    || replace(r.query, '%s', format('where ts >= (select stored_until from ispvm.rollup where name = %L)', p_name));
  return added;
end $$;
revoke all on function ispvm.rollup_extend from public;
