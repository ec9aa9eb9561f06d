-- TimescaleDB as a second engine of raw values, beside the partitions of migration 0005
-- (docs/decisions/0021-hypertables-beside-partitions.md). A migration runs once, an extension may be
-- installed at any time: so this one brings functions, and each start calls two of them
-- (ispvm.create_timescale, ispvm.adopt_timescale).
--
-- No series row is copied here. A series is written as `series.<name>` and read as
-- `series.<name>_<width>`, where the width `raw` is now a view: of the table, and while old
-- partitions are left, of `series.<name>_plain` as well. Housekeeping moves their rows in small
-- batches, or retention drops them first. Rollups stay plain.
--
-- Locks each rollup view while it is replaced, and nothing for long.

-- What keeps the series that are made from now on: one row, 'plain' or 'timescale'.
create table ispvm.series_engine (
  engine text not null check (engine in ('plain', 'timescale')),
  is_only boolean primary key default true check (is_only)
);
insert into ispvm.series_engine values ('plain');
create or replace function ispvm.engine() returns text
  language sql stable set search_path = pg_catalog, pg_temp
  as $$ select engine from ispvm.series_engine $$;

-- A series whose values from before it became a hypertable are still in `series.<name>_plain`. Its
-- partitions stay listed in ispvm.partition under the name of the series.
create table ispvm.conversion (
  series text primary key references ispvm.series,
  started_at timestamptz not null default now(),
  rows_moved bigint not null default 0
);
-- Blocks of this partition whose rows are in the hypertable.
alter table ispvm.partition add column blocks_moved bigint not null default 0;

-- ── views ────────────────────────────────────────────────────────────────────────────────────

-- Raw values to read. Replaced whenever columns are added or the conversion begins or ends; rollups
-- read this view too, so theirs need not be.
create function ispvm.series_view(p_name text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_columns text := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = format('series.%I', p_name)::regclass and attnum > 0 and not attisdropped);
  v_query text := format('select %s from series.%I', v_columns, p_name);
begin
  if exists (select from ispvm.conversion where series = p_name) then
    v_query := v_query || format(' union all select %s from series.%I', v_columns, p_name || '_plain');
  end if;
  execute format('create or replace view series.%I as ', p_name || '_raw') || v_query;
  execute format('grant select on series.%I to ispvm_app', p_name || '_raw');
end $$;

-- The stored half of a rollup and its live rest, as migration 0005 made it.
create function ispvm.rollup_view(p_name text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare r ispvm.rollup;
begin
  select * into strict r from ispvm.rollup where name = p_name;
  execute format('create or replace view series.%I as select %s from series.%I union all ', p_name, r.columns, p_name || '_m')
    || replace(r.query, '%s', format('where ts >= (select stored_until from ispvm.rollup where name = %L)', p_name));
end $$;

select ispvm.series_view(name) from ispvm.series s
where not exists (select from ispvm.rollup r where r.name || '_m' = s.name);
update ispvm.rollup set
  query = replace(query, format(' from series.%I %%s', source), format(' from series.%I %%s', source || '_raw'));
select ispvm.rollup_view(name) from ispvm.rollup;

-- ── tables ───────────────────────────────────────────────────────────────────────────────────

create function ispvm.timescale_schema() returns text
  language sql stable set search_path = pg_catalog, pg_temp
  as $$ select extnamespace::regnamespace::text from pg_extension where extname = 'timescaledb' $$;

-- Chunks inherit the grants of their table. In a schema that the program's role may not use they
-- are as closed to it as partitions are.
create function ispvm.hypertable_make(p_name text, p_chunk interval) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create schema if not exists series_chunk;
  execute format('select %s.create_hypertable(relation => %L::regclass, time_column_name => %L,
      associated_schema_name => %L, chunk_time_interval => %L::interval, create_default_indexes => false)',
    ispvm.timescale_schema(), format('series.%I', p_name), 'ts', 'series_chunk', p_chunk);
end $$;

create function ispvm.table_make(p_name text, p_columns text, p_keys text[], p_chunk interval,
    p_class text, p_engine text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table series.%I (ts timestamptz not null, %s, primary key (%s, ts)) %s',
    p_name, p_columns, (select string_agg(quote_ident(k), ', ') from unnest(p_keys) k),
    case p_engine when 'plain' then 'partition by range (ts)' else '' end);
  if p_engine = 'timescale' then
    perform ispvm.hypertable_make(p_name, p_chunk);
  end if;
  insert into ispvm.series (name, engine, chunk, class) values (p_name, p_engine, p_chunk, p_class);
  perform ispvm.premake(p_name, now() - p_chunk, now() + 2 * p_chunk);
end $$;

create or replace function ispvm.series_create(p_name text, p_columns text, p_keys text[], p_chunk interval,
    p_class text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform ispvm.table_make(p_name, p_columns, p_keys, p_chunk, p_class, ispvm.engine());
  execute format('grant select, insert on series.%I to ispvm_app', p_name);
  perform ispvm.series_view(p_name);
end $$;

-- Adds the columns that a series lacks.
create function ispvm.series_extend(p_name text, p_columns text[], p_types text[]) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  c record;
  added int := 0;
begin
  for c in select * from unnest(p_columns, p_types) as x (name, type) loop
    continue when exists (select from pg_attribute where attrelid = format('series.%I', p_name)::regclass
      and attname = c.name and not attisdropped);
    execute format('alter table series.%I add column %I %s', p_name, c.name, c.type);
    if exists (select from ispvm.conversion where series = p_name) then
      execute format('alter table series.%I add column %I %s', p_name || '_plain', c.name, c.type);
    end if;
    added := added + 1;
  end loop;
  if added > 0 then perform ispvm.series_view(p_name); end if;
  return added;
end $$;

create or replace function ispvm.rollup_create(p_source text, p_suffix text, p_width interval, p_keys text[],
    p_aggregates text, p_lag interval, p_chunk interval, p_class text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := p_source || '_' || p_suffix;
  v_keys text := (select string_agg(quote_ident(k), ', ') from unnest(p_keys) k);
  v_query text := format('select ispvm.bin(%L, ts) as ts, %s, %s from series.%I %%s group by 1, %2$s',
    p_width, v_keys, p_aggregates, p_source || '_raw');
  v_typed text;
  v_columns text;
begin
  execute format('create view series.%I as ', v_name) || replace(v_query, '%s', '');
  select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) filter (where attname <> 'ts'),
      string_agg(quote_ident(attname), ', ' order by attnum)
    into v_typed, v_columns from pg_attribute where attrelid = format('series.%I', v_name)::regclass and attnum > 0;
  perform ispvm.table_make(v_name || '_m', v_typed, p_keys, p_chunk, p_class, 'plain');
  insert into ispvm.rollup values (v_name, p_source, 'plain', p_width, p_lag, v_columns, v_query,
    ispvm.bin(p_width, now() - p_lag), ispvm.bin(p_width, now() - p_lag));
  perform ispvm.rollup_view(v_name);
  execute format('grant select on series.%I to ispvm_app', v_name);
end $$;

create or replace function ispvm.rollup_extend(p_name text, p_columns text[], p_aggregates text[]) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  r ispvm.rollup;
  c record;
  v_type text;
  v_from text;
  added int := 0;
begin
  select * into strict r from ispvm.rollup where name = p_name for update;
  v_from := format(' from series.%I %%s group by ', r.source || '_raw');
  for c in select * from unnest(p_columns, p_aggregates) as x (name, aggregate) loop
    continue when exists (select from pg_attribute where attrelid = format('series.%I', p_name)::regclass
      and attname = c.name and not attisdropped);
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
  perform ispvm.rollup_view(p_name);
  return added;
end $$;

-- ── from partitions to hypertables ───────────────────────────────────────────────────────────

-- Creates the extension where the server has it and has loaded its library. Without the right to do
-- so the series stay plain.
create function ispvm.create_timescale() returns boolean
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- Settings of the library: the list of libraries itself is the superuser's to read.
  if not exists (select from pg_settings where name like 'timescaledb.%')
    or not exists (select from pg_available_extensions where name = 'timescaledb') then
    return false;
  end if;
  if ispvm.timescale_schema() is null then
    create extension timescaledb schema public;
  end if;
  return true;
exception when insufficient_privilege then
  raise warning 'TimescaleDB is there, but its extension cannot be created: %', sqlerrm;
  return false;
end $$;

-- For the minutes around the change: a row that is still in `_plain` is not stored a second time.
create function ispvm.skip_plain_row() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare v_is_known boolean;
begin
  execute format('select exists (select from series.%I p where p.ts = $1.ts and %s)', tg_argv[0], tg_argv[1])
    into v_is_known using new;
  if v_is_known then return null; end if;
  return new;
end $$;

-- The table becomes `_plain` and a hypertable takes its name. What is empty goes at once; what has
-- rows stays readable, and is closed to the program's role.
create function ispvm.series_adopt(p_series ispvm.series) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := p_series.name;
  v_plain text := p_series.name || '_plain';
  v_keys text;
  v_key_name text;
  v_child text;
  v_has_rows boolean;
begin
  for v_child in select child from ispvm.partition where series = v_name loop
    execute format('select exists (select from series.%I)', v_child) into v_has_rows;
    continue when v_has_rows;
    execute format('drop table series.%I', v_child);
    delete from ispvm.partition where child = v_child;
  end loop;
  execute format('alter table series.%I rename to %I', v_name, v_plain);
  select c.conname, string_agg(format('p.%1$I = $1.%1$I', a.attname), ' and ') filter (where a.attname <> 'ts')
    into strict v_key_name, v_keys
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
    where c.conrelid = format('series.%I', v_plain)::regclass and c.contype = 'p' group by c.conname;
  execute format('alter table series.%I rename constraint %I to %I', v_plain, v_key_name, v_plain || '_pkey');
  execute format('create table series.%I (like series.%I including defaults including constraints including indexes)', v_name, v_plain);
  perform ispvm.hypertable_make(v_name, p_series.chunk);
  execute format('grant select, insert on series.%I to ispvm_app', v_name);
  execute format('revoke all on series.%I from ispvm_app', v_plain);
  update ispvm.series set engine = 'timescale' where name = v_name;
  if exists (select from ispvm.partition where series = v_name) then
    insert into ispvm.conversion (series) values (v_name);
    -- Nothing is stored that is more than five minutes ahead of this clock.
    execute format('create trigger skip_plain_row before insert on series.%I for each row
        when (new.ts < %L and current_setting(%L, true) is distinct from %L)
        execute function ispvm.skip_plain_row(%L, %L)',
      v_name, now() + interval '10 min', 'ispvm.converting', 'on', v_plain, v_keys);
    perform ispvm.series_view(v_name);
  else
    perform ispvm.series_view(v_name);
    execute format('drop table series.%I', v_plain);
  end if;
end $$;

-- Once the extension is there. Answers how many series became hypertables.
create function ispvm.adopt_timescale() returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  s ispvm.series;
  adopted int := 0;
begin
  update ispvm.series_engine set engine = 'timescale' where engine <> 'timescale';
  for s in
    select * from ispvm.series where engine = 'plain'
      and not exists (select from ispvm.rollup where ispvm.rollup.name || '_m' = ispvm.series.name)
    order by name
  loop
    perform ispvm.series_adopt(s);
    adopted := adopted + 1;
  end loop;
  return adopted;
end $$;

-- What stores the series, for the log and for people. `edition` is 'apache' or 'timescale' (the
-- Community edition).
create function ispvm.storage_status() returns jsonb
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'engine', ispvm.engine(),
    'version', (select extversion from pg_extension where extname = 'timescaledb'),
    'edition', current_setting('timescaledb.license', true),
    'bytesLeft', (select coalesce(sum(pg_relation_size(format('series.%I', p.child)::regclass)), 0)
      from ispvm.partition p join ispvm.conversion c using (series)))
$$;

-- ── housekeeping ─────────────────────────────────────────────────────────────────────────────

-- Moves the rows of some blocks of the newest partition that is left. Killed at any moment, it has
-- moved them or it has not. Blocks and not hours: what a batch takes does not depend on how many
-- rows an hour has, and no index leads to an hour.
create function ispvm.convert_blocks(p_blocks int) returns jsonb
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  p ispvm.partition;
  v_columns text;
  v_size bigint;
  v_rows bigint := 0;
begin
  select ispvm.partition.* into p from ispvm.partition join ispvm.conversion using (series) order by lo desc, series limit 1;
  if not found then return jsonb_build_object('did', 0, 'more', ispvm.finish_conversions()); end if;
  v_size := pg_relation_size(format('series.%I', p.child)::regclass) / current_setting('block_size')::bigint;
  if p.blocks_moved < v_size then
    perform set_config('ispvm.converting', 'on', true);
    v_columns := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
      where attrelid = format('series.%I', p.series)::regclass and attnum > 0 and not attisdropped);
    execute format('with moved as (delete from series.%I where ctid >= %L and ctid < %L returning %s)
        insert into series.%I (%4$s) select %4$s from moved on conflict do nothing',
      p.child, format('(%s,0)', p.blocks_moved), format('(%s,0)', p.blocks_moved + p_blocks), v_columns, p.series);
    get diagnostics v_rows = row_count;
    update ispvm.partition set blocks_moved = p.blocks_moved + p_blocks where child = p.child;
    update ispvm.conversion set rows_moved = rows_moved + v_rows where series = p.series;
  end if;
  if p.blocks_moved + p_blocks >= v_size then
    begin
      execute format('drop table series.%I', p.child);
      delete from ispvm.partition where child = p.child;
    exception when lock_not_available then
      return jsonb_build_object('did', v_rows, 'more', false); -- somebody reads it; next time
    end;
  end if;
  return jsonb_build_object('did', v_rows, 'more', true);
end $$;

-- What is left of a series without partitions: an empty table, a trigger, a view of both.
create function ispvm.finish_conversions() returns boolean
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_name text;
begin
  for v_name in select series from ispvm.conversion c
    where not exists (select from ispvm.partition where ispvm.partition.series = c.series) order by series
  loop
    begin
      execute format('drop trigger skip_plain_row on series.%I', v_name);
      delete from ispvm.conversion where series = v_name;
      perform ispvm.series_view(v_name);
      execute format('drop table series.%I', v_name || '_plain');
    exception when lock_not_available then
      null; -- somebody reads or writes; next time
    end;
  end loop;
  return false;
end $$;

-- Partitions and chunks past their retention, once every rollup of theirs has them.
create function ispvm.drop_expired(p_now timestamptz) returns jsonb
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  s record;
  did int := 0;
  more boolean := false;
begin
  for s in
    select e.series, e.child, e.lo, e.hi from (
      select series, child, lo, hi from ispvm.partition
      union all
      select * from ispvm.expired_chunks(p_now)
    ) e join ispvm.series on ispvm.series.name = e.series join ispvm.retention k using (class)
    where engine in ('plain', 'timescale') and e.hi <= p_now - k.keep
      and not exists (select from ispvm.rollup u where u.source = e.series and u.stored_until < e.hi)
      and not exists (select from ispvm.dirty d join ispvm.rollup u on u.name = d.rollup where u.source = e.series and d.lo < e.hi)
    order by e.series, e.lo
  loop
    begin
      if s.child is null then
        execute format('select %s.drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
          ispvm.timescale_schema(), format('series.%I', s.series), s.hi, s.lo);
      else
        execute format('drop table series.%I', s.child);
        delete from ispvm.partition where child = s.child;
      end if;
      update ispvm.series set dropped_until = greatest(dropped_until, s.hi) where name = s.series;
      did := did + 1;
    exception when lock_not_available then
      more := true; -- somebody reads it; next time
    end;
  end loop;
  return jsonb_build_object('did', did, 'more', more);
end $$;

-- Chunks of our hypertables that retention may drop. `child` is null: a chunk is dropped by its range.
create function ispvm.expired_chunks(p_now timestamptz)
    returns table (series text, child text, lo timestamptz, hi timestamptz)
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from ispvm.series x where x.engine = 'timescale') then return; end if;
  return query
    select c.hypertable_name::text, null::text, c.range_start, c.range_end
    from timescaledb_information.chunks c
      join ispvm.series x on x.name = c.hypertable_name join ispvm.retention k on k.class = x.class
    where c.hypertable_schema = 'series' and x.engine = 'timescale' and c.range_end <= p_now - k.keep;
end $$;

-- As before, one step a call; `drop` now knows chunks, and `convert` is new.
create or replace function ispvm.run_housekeeping(p_step text, p_now timestamptz default now()) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
  r ispvm.rollup;
  s record;
  span record;
  upto timestamptz;
  did int := 0;
  more boolean := false;
  answer jsonb := '{}';
begin
  if not pg_try_advisory_xact_lock(hashtext('ispvm.tick')) then return jsonb_build_object('step', p_step, 'ran', false, 'did', 0, 'more', false); end if;
  case p_step
  when 'premake' then
    for s in select name, chunk from ispvm.series where engine = 'plain' order by name loop
      did := did + ispvm.premake(s.name, p_now, p_now + 2 * s.chunk);
    end loop;
  when 'refresh' then
    for r in select * from ispvm.rollup where engine = 'plain' order by name loop
      upto := least(r.closed_until, r.stored_until + interval '1 day');
      did := did + ispvm.restate(r, r.stored_until, upto);
      update ispvm.rollup set stored_until = greatest(stored_until, upto) where name = r.name;
      more := more or upto < r.closed_until;
      -- Later buckets need no restating (they are yet to be stored), earlier ones must not be: their raw values are gone.
      for span in
        with seen as (delete from ispvm.dirty where rollup = r.name returning lo, hi)
        select greatest(lower(m), d.dropped_until) as lo, least(upper(m), upto) as hi
        from (select unnest(range_agg(tstzrange(lo, hi))) as m from seen) x, ispvm.series d where d.name = r.source
      loop
        did := did + ispvm.restate(r, span.lo, span.hi);
      end loop;
    end loop;
  when 'close' then
    begin
      perform pg_advisory_xact_lock(hashtext('ispvm.close'));
      update ispvm.rollup set closed_until = ispvm.bin(width, p_now - lag)
        where engine = 'plain' and closed_until < ispvm.bin(width, p_now - lag);
      get diagnostics did = row_count;
    exception when lock_not_available then
      null; -- a writer takes its time; the line moves at the next round
    end;
  when 'drop' then
    answer := ispvm.drop_expired(p_now);
  when 'convert' then
    answer := ispvm.convert_blocks(1000);
  else
    raise exception 'run_housekeeping: no step %', p_step;
  end case;
  return jsonb_build_object('step', p_step, 'ran', true, 'did', did, 'more', more) || answer;
end $$;

revoke all on all functions in schema ispvm from public;
grant execute on function ispvm.storage_status to ispvm_app;
