-- Packed rows of the two largest series in partitions (docs/decisions/0043-packed-rows.md): one row of a key and hour (or less), with an
-- array of each column, which Postgres compresses. New tables beside the old ones; no row is copied here. Housekeeping packs
-- whole days in the background, in small transactions. `series.<name>_raw` has the plain rows of both, `series.<name>_between`
-- those of a range of time, without unpacking others. What comes late for a packed day stays a plain row.
-- Locks the views of the two series and of their rollups while they are replaced, and nothing for long.
-- expand

-- `span`: what a packed row holds at most, an hour or a part of one.
create table ispvm.packed_series (
  series text primary key references ispvm.series,
  pack_after interval not null,
  span interval not null check (span <= '1 hour')
);
-- A day whose rows are packed, or are being packed. `next_keys` and `next_ts`: where the next portion of it begins; null: at
-- the first row.
create table ispvm.packed_partition (
  series text not null references ispvm.packed_series,
  child text not null unique,
  lo timestamptz not null,
  hi timestamptz not null,
  is_packing boolean not null default true,
  next_keys int[],
  next_ts timestamptz,
  rows_packed bigint not null default 0,
  packed_at timestamptz, -- when the plain rows were last gone
  primary key (series, lo)
);
-- Locked (access share) by those who read in one snapshot for long, before the snapshot is taken. Rows that were moved may not
-- be truncated meanwhile: truncating ignores snapshots.
create table ispvm.snapshot_guard ();

-- ── the form of a row ────────────────────────────────────────────────────────────────────────

-- The even step, in whole milliseconds, of times that span `p_span` and are mostly `p_gap` apart; some are missing. Microseconds.
create function ispvm.even_step(p_span bigint, p_gap bigint) returns bigint language sql immutable as $$
  select coalesce(round(p_span / greatest(round(p_span::float8 / p_gap), 1) / 1000)::bigint * 1000, 0) $$;

-- Names of columns, of a series or of what is like it, in their order.
create function ispvm.columns_of(p_table text) returns text[]
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(attname::text order by attnum) from pg_attribute
  where attrelid = format('series.%I', p_table)::regclass and attnum > 0 and not attisdropped $$;
-- Without `ts`, in the order of the key.
create function ispvm.keys_of(p_series text) returns text[]
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(attname::text order by n) from pg_constraint c, unnest(c.conkey) with ordinality k (num, n), pg_attribute a
  where c.conrelid = format('series.%I', p_series)::regclass and c.contype = 'p' and a.attrelid = c.conrelid
    and a.attnum = k.num and attname <> 'ts' $$;
-- `p_format` for each name, with commas between.
create function ispvm.list(p_names text[], p_format text default '%1$I') returns text
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select string_agg(format(p_format, name), ', ' order by n) from unnest(p_names) with ordinality x (name, n) $$;
create function ispvm.values_of(p_series text) returns text[]
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(name order by n) from unnest(ispvm.columns_of(p_series)) with ordinality x (name, n)
  where name <> 'ts' and name <> all (ispvm.keys_of(p_series)) $$;

-- The moment of an element `v` of a row `p`: times that are regular are small numbers, which compress well. Of whole
-- milliseconds, elements say how far each is from an even step. Others count microseconds from the middle of the hour: all that
-- there are fit in an int.
create function ispvm.unpacked_time(p_row text) returns text language sql immutable as $$
  select p_row || '.ts + (' || p_row || '.ts_base_us + (v.packed_n - 1) * ' || p_row || '.ts_step_us + v.ts_at::bigint * '
    || p_row || '.ts_unit_us) * interval ''1 microsecond''' $$;
-- A query of plain rows: of `p_from` with the columns of the packed table, where `p_where` is true of its rows `p`, and
-- `p_elements` of `v`. Arrays are unnested in the select list: in `from`, each row would be stored before it is read.
create function ispvm.unpacked(p_series text, p_from text, p_where text default 'true', p_elements text default 'true') returns text
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('select %s from (select p.ts, %s, p.ts_base_us, p.ts_step_us, p.ts_unit_us, unnest(p.ts_at) as ts_at,
      generate_series(1, cardinality(p.ts_at)) as packed_n, %s from %s p where %s) v where %s',
    (select string_agg(case when name = 'ts' then ispvm.unpacked_time('v') || ' as ts' else format('v.%I', name) end, ', ' order by n)
      from unnest(ispvm.columns_of(p_series)) with ordinality x (name, n)),
    ispvm.list(ispvm.keys_of(p_series), 'p.%1$I'), ispvm.list(ispvm.values_of(p_series), 'unnest(p.%1$I) as %1$I'),
    p_from, p_where, p_elements) $$;

-- A query of the plain rows of [p_lo, p_hi), both SQL. No `p_hi`: all later ones. A packed row is within one hour; times of
-- elements are compared only where the row may be in the range in part.
create function ispvm.rows_between(p_series text, p_lo text, p_hi text) returns text
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when exists (select from ispvm.packed_series where series = p_series)
      and not exists (select from ispvm.conversion where series = p_series)
    then format('select %s from series.%I where ts >= %s%s union all ',
        ispvm.list(ispvm.columns_of(p_series)), p_series, p_lo, coalesce(' and ts < ' || p_hi, ''))
      || ispvm.unpacked(p_series, format('series.%I', p_series || '_packed'),
        format('p.ts > %s - interval ''1 hour''%s', p_lo, coalesce(' and p.ts < ' || p_hi, '')),
        format('(v.ts >= %1$s%2$s) or (%3$s >= %1$s%4$s)', p_lo, coalesce(' and v.ts <= ' || p_hi || ' - interval ''1 hour''', ''),
          ispvm.unpacked_time('v'), coalesce(' and ' || ispvm.unpacked_time('v') || ' < ' || p_hi, '')))
    else format('select %s from series.%I where ts >= %s%s',
      ispvm.list(ispvm.columns_of(p_series)), p_series || '_raw', p_lo, coalesce(' and ts < ' || p_hi, '')) end $$;

create or replace function ispvm.series_view(p_name text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_columns text := ispvm.list(ispvm.columns_of(p_name));
  v_query text := format('select %s from series.%I', v_columns, p_name);
begin
  if exists (select from ispvm.conversion where series = p_name) then
    v_query := v_query || format(' union all select %s from series.%I', v_columns, p_name || '_plain');
  end if;
  if exists (select from ispvm.packed_series where series = p_name) then
    v_query := v_query || ' union all ' || ispvm.unpacked(p_name, format('series.%I', p_name || '_packed'));
  end if;
  execute format('create or replace view series.%I as ', p_name || '_raw') || v_query;
  execute format('grant select on series.%I to ispvm_app', p_name || '_raw');
  -- Not strict and without settings: only then the planner puts the query in place of the call.
  execute format('create or replace function series.%I(p_from timestamptz, p_to timestamptz) returns setof series.%I
      language sql stable parallel safe as %L',
    p_name || '_between', p_name || '_raw', ispvm.rows_between(p_name, 'p_from', 'p_to'));
  execute format('revoke all on function series.%I from public', p_name || '_between');
  execute format('grant execute on function series.%I to ispvm_app', p_name || '_between');
  -- They read the tables that the view is of.
  perform ispvm.rollup_view(name) from ispvm.rollup where source = p_name;
end $$;

-- The query of a rollup, of the raw values of [p_lo, p_hi).
create function ispvm.rollup_query(r ispvm.rollup, p_lo text, p_hi text) returns text
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select replace(r.query, format('series.%I %%s', r.source || '_raw'), format('(%s) raw', ispvm.rows_between(r.source, p_lo, p_hi))) $$;
create or replace function ispvm.rollup_view(p_name text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare r ispvm.rollup;
begin
  select * into strict r from ispvm.rollup where name = p_name;
  execute format('create or replace view series.%I as select %s from series.%I union all ', p_name, r.columns, p_name || '_m')
    || ispvm.rollup_query(r, format('(select stored_until from ispvm.rollup where name = %L)', p_name), null);
end $$;
create or replace function ispvm.restate(p_rollup ispvm.rollup, p_lo timestamptz, p_hi timestamptz) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_rows int;
begin
  if p_lo >= p_hi then return 0; end if;
  perform ispvm.premake(p_rollup.name || '_m', p_lo, p_hi);
  execute format('delete from series.%I where ts >= $1 and ts < $2', p_rollup.name || '_m') using p_lo, p_hi;
  execute format('insert into series.%I (%s) ', p_rollup.name || '_m', p_rollup.columns) || ispvm.rollup_query(p_rollup, '$1', '$2')
    using p_lo, p_hi;
  get diagnostics v_rows = row_count;
  return v_rows;
end $$;
-- The oldest raw value, without unpacking any.
create function ispvm.oldest(p_series text) returns timestamptz
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare v_oldest timestamptz;
begin
  if exists (select from ispvm.packed_series where series = p_series)
    and not exists (select from ispvm.conversion where series = p_series)
  then
    execute format('select least((select min(ts) from series.%I), (select min(ts) from series.%I))', p_series, p_series || '_packed') into v_oldest;
  else
    execute format('select min(ts) from series.%I', p_series || '_raw') into v_oldest;
  end if;
  return v_oldest;
end $$;

-- ── tables ───────────────────────────────────────────────────────────────────────────────────

-- Packs a series from now on. A row is closed (packed) once its day is older than `p_after` and all rollups have stored it.
create function ispvm.series_pack(p_name text, p_after interval, p_span interval) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_packed text := p_name || '_packed';
  v_keys text := ispvm.list(ispvm.keys_of(p_name));
begin
  execute format('create table series.%I (ts timestamptz not null, ts_base_us bigint not null, ts_step_us bigint not null,
      ts_unit_us int not null, ts_at int[] not null, %s, %s, primary key (%s, ts)) partition by range (ts)', v_packed,
    ispvm.list(ispvm.keys_of(p_name), '%1$I int not null'),
    (select string_agg(format('%I %s[]', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) from pg_attribute
      where attrelid = format('series.%I', p_name)::regclass and attname = any (ispvm.values_of(p_name))), v_keys);
  execute format('grant select on series.%I to ispvm_app', v_packed);
  insert into ispvm.packed_series values (p_name, p_after, p_span);
  -- A row that is delivered again is not stored a second time beside the packed one. A function of its own: its plan is kept.
  execute format('create function ispvm.%I() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as %L',
    'skip_packed_' || p_name,
    format('begin
      if exists (select from series.%I p where %s and p.ts > new.ts - interval ''1 hour'' and p.ts <= new.ts
        and exists (select from unnest(p.ts_at) with ordinality v (ts_at, packed_n) where %s = new.ts))
      then return null; end if;
      return new;
    end', v_packed, (select string_agg(format('p.%1$I = new.%1$I', k), ' and ') from unnest(ispvm.keys_of(p_name)) k), ispvm.unpacked_time('p')));
  execute format('revoke all on function ispvm.%I from public', 'skip_packed_' || p_name);
  perform ispvm.series_view(p_name);
end $$;

create or replace function ispvm.series_extend(p_name text, p_columns text[], p_types text[]) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  c record;
  added int := 0;
begin
  for c in select * from unnest(p_columns, p_types) as x (name, type) loop
    continue when c.name = any (ispvm.columns_of(p_name));
    execute format('alter table series.%I add column %I %s', p_name, c.name, c.type);
    if exists (select from ispvm.conversion where series = p_name) then
      execute format('alter table series.%I add column %I %s', p_name || '_plain', c.name, c.type);
    end if;
    -- Null in rows that are packed already: elements of a shorter array are null.
    if exists (select from ispvm.packed_series where series = p_name) then
      execute format('alter table series.%I add column %I %s[]', p_name || '_packed', c.name, c.type);
    end if;
    added := added + 1;
  end loop;
  if added > 0 then perform ispvm.series_view(p_name); end if;
  return added;
end $$;

-- As before. A day that is packed has its own lock: its writers and the packer wait for each other, nobody else does.
create or replace function ispvm.late(p_source text, p_from timestamptz, p_to timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('ispvm.close'));
  perform pg_advisory_xact_lock_shared(hashtext('ispvm.pack:' || child))
    from ispvm.packed_partition where series = p_source and lo <= p_to and hi > p_from;
  insert into ispvm.dirty (rollup, lo, hi)
    select name, ispvm.bin(width, p_from), ispvm.bin(width, p_to) + width
    from ispvm.rollup where source = p_source and engine = 'plain' and p_from < closed_until;
end $$;

create or replace function ispvm.adopt_timescale() returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  s ispvm.series;
  v_packed_until timestamptz;
  adopted int := 0;
begin
  update ispvm.series_engine set engine = 'timescale' where engine <> 'timescale';
  for s in
    select * from ispvm.series where engine = 'plain'
      and not exists (select from ispvm.rollup where ispvm.rollup.name || '_m' = ispvm.series.name)
    order by name
  loop
    perform ispvm.series_adopt(s);
    -- Packed rows stay as they are, until their retention.
    select max(hi) into v_packed_until from ispvm.packed_partition where series = s.name;
    if v_packed_until is not null then
      execute format('create trigger skip_packed_row before insert on series.%I for each row when (new.ts < %L)
        execute function ispvm.%I()', s.name, v_packed_until, 'skip_packed_' || s.name);
    end if;
    adopted := adopted + 1;
  end loop;
  return adopted;
end $$;

-- ── housekeeping ─────────────────────────────────────────────────────────────────────────────

-- The newest day that may be packed; the oldest ones are dropped meanwhile.
create function ispvm.packable(p_now timestamptz) returns ispvm.partition
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select p from ispvm.partition p join ispvm.series s on s.name = p.series join ispvm.packed_series k on k.series = p.series
    join ispvm.retention t on t.class = s.class
  where s.engine = 'plain' and p.hi <= p_now - k.pack_after and p.hi > p_now - t.keep
    and not exists (select from ispvm.rollup u where u.source = p.series and u.stored_until < p.hi)
    and not exists (select from ispvm.packed_partition x where x.series = p.series and x.lo = p.lo)
  order by p.lo desc, p.series limit 1 $$;

-- From its commit on, writers of this day know that it is packed: they take its lock, and a row that is packed is not stored
-- again. Writers that do not know it have ended: all hold the lock of `close`.
create function ispvm.pack_begin(p ispvm.partition) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_child text := p.series || '_packed' || to_char(p.lo at time zone 'utc', '_YYYYMMDDHH24');
begin
  -- Few rows with many values: starting workers takes longer than reading them.
  execute format('create table series.%I (like series.%I including defaults including constraints including indexes)
      with (parallel_workers = 0)', v_child, p.series || '_packed');
  execute format('alter table series.%I attach partition series.%I for values from (%L) to (%L)', p.series || '_packed', v_child, p.lo, p.hi);
  insert into ispvm.packed_partition (series, child, lo, hi) values (p.series, v_child, p.lo, p.hi);
  perform pg_advisory_xact_lock(hashtext('ispvm.close'));
  execute format('create trigger skip_packed_row before insert on series.%I for each row execute function ispvm.%I()',
    p.child, 'skip_packed_' || p.series);
end $$;

-- Moves about `p_rows` plain rows of a day, in whole spans of a key. Throws if they are not the same afterwards, to the bit.
create function ispvm.pack_rows(p ispvm.packed_partition, p_plain text, p_rows int) returns bigint
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_keys text := ispvm.list(ispvm.keys_of(p.series));
  v_columns text := ispvm.list(ispvm.columns_of(p.series));
  v_values text := ispvm.list(ispvm.values_of(p.series));
  v_from text := case when p.next_keys is null then 'true'
    else format('(%s, ts) >= (%s, %L::timestamptz)', v_keys, array_to_string(p.next_keys, ', '), p.next_ts) end;
  v_to text := 'true';
  v_span interval := (select span from ispvm.packed_series where series = p.series);
  v_next_keys int[];
  v_next_ts timestamptz;
  v_moved bigint;
  v_same bigint;
  v_unpacked bigint;
begin
  execute format('select array[%1$s], ispvm.bin(%5$L, ts) + %5$L from series.%2$I where %3$s order by %1$s, ts offset %4$s limit 1',
    v_keys, p_plain, v_from, p_rows - 1, v_span) into v_next_keys, v_next_ts;
  if v_next_keys is not null then
    v_to := format('(%s, ts) < (%s, %L::timestamptz)', v_keys, array_to_string(v_next_keys, ', '), v_next_ts);
  end if;
  execute format('with moved as (delete from series.%I where %s and %s returning %s), ', p_plain, v_from, v_to, v_columns)
    || format('timed as (select *, ispvm.bin(%2$L, ts) as packed_span, round(date_part(''epoch'', ts) * 1000000)::bigint as packed_us
        from moved), gaps as (select *, packed_us - lag(packed_us) over (partition by %1$s, packed_span order by ts) as packed_gap from timed), ', v_keys, v_span)
    || format('blocks as (select %s, %s, min(ts) as ts, min(packed_us) as packed_first, array_agg(packed_us order by ts) as packed_times,
        ispvm.even_step(max(packed_us) - min(packed_us), percentile_disc(0.5) within group (order by packed_gap)) as packed_step,
        bool_and(packed_us %% 1000 = 0) as packed_is_ms
        from gaps group by %1$s, packed_span), ',
      v_keys, ispvm.list(ispvm.values_of(p.series), 'array_agg(%1$I order by ts) as %1$I'))
    || format('packed as (insert into series.%I (ts, %s, %s, ts_base_us, ts_step_us, ts_unit_us, ts_at)
        select ts, %2$s, %3$s, base, step, unit,
          array(select ((us - packed_first - base - (n - 1) * step) / unit)::int from unnest(packed_times) with ordinality x (us, n) order by n)
        from blocks, lateral (select case when packed_is_ms then 0 else 1800000000 end::bigint as base,
            case when packed_is_ms then packed_step else 0 end as step, case when packed_is_ms then 1000 else 1 end as unit) form
        returning *), ', p.series || '_packed', v_keys, v_values)
    || format('unpacked as (%s) ', ispvm.unpacked(p.series, 'packed'))
    || format('select (select count(*) from moved), (select count(*) from unpacked),
        (select count(*) from moved m join unpacked u on %s and m.ts = u.ts where m operator(pg_catalog.*=) u)',
      (select string_agg(format('m.%1$I = u.%1$I', k), ' and ') from unnest(ispvm.keys_of(p.series)) k))
    into v_moved, v_unpacked, v_same;
  if v_moved <> v_same or v_moved <> v_unpacked then
    raise exception 'packing of series.%: % rows became %, of which % are the same', p_plain, v_moved, v_unpacked, v_same;
  end if;
  update ispvm.packed_partition set next_keys = v_next_keys, next_ts = v_next_ts, rows_packed = rows_packed + v_moved
    where child = p.child;
  return v_moved;
end $$;

-- All plain rows are moved: their space is freed. Not while a snapshot may be older than the move. False: next time.
create function ispvm.pack_end(p ispvm.packed_partition, p_plain text, p_now timestamptz) returns boolean
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_has_rows boolean;
begin
  begin
    lock table ispvm.snapshot_guard in access exclusive mode nowait;
    execute format('lock table series.%I in access exclusive mode', p_plain);
  exception when lock_not_available then
    return false;
  end;
  execute format('select exists (select from series.%I)', p_plain) into v_has_rows;
  if v_has_rows then return false; end if; -- they came meanwhile
  execute format('truncate series.%I', p_plain);
  update ispvm.packed_partition set is_packing = false, packed_at = p_now where child = p.child;
  return true;
end $$;

-- One small transaction: a day is begun, some of its rows are moved, or their space is freed. Killed at any moment, it has
-- happened or not. What comes for a packed day is packed once more, when nothing later is accepted (72 hours).
create function ispvm.pack_portion(p_now timestamptz, p_rows int default 300) returns jsonb
  language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  p ispvm.packed_partition;
  v_partition ispvm.partition;
  v_rows bigint;
begin
  update ispvm.packed_partition x set is_packing = true, next_keys = null, next_ts = null
    from ispvm.packed_series k join ispvm.series s on s.name = k.series
    where k.series = x.series and s.engine = 'plain' and not is_packing and hi <= p_now - interval '80 hours' and packed_at < hi + interval '80 hours';
  select x.* into p from ispvm.packed_partition x join ispvm.series s on s.name = x.series
    where is_packing and s.engine = 'plain' order by lo desc, series limit 1;
  if not found then
    v_partition := ispvm.packable(p_now);
    if v_partition.child is null then return jsonb_build_object('did', 0, 'more', false); end if;
    begin
      perform ispvm.pack_begin(v_partition);
    exception when lock_not_available then
      return jsonb_build_object('did', 0, 'more', false); -- a writer takes its time; next time
    end;
    return jsonb_build_object('did', 0, 'more', true);
  end if;
  if not pg_try_advisory_xact_lock(hashtext('ispvm.pack:' || p.child)) then
    return jsonb_build_object('did', 0, 'more', false); -- somebody writes late values; next time
  end if;
  select * into strict v_partition from ispvm.partition x where x.series = p.series and x.lo = p.lo;
  v_rows := ispvm.pack_rows(p, v_partition.child, p_rows);
  if exists (select from ispvm.packed_partition x where x.child = p.child and x.next_keys is not null) then
    return jsonb_build_object('did', v_rows, 'more', true);
  end if;
  return jsonb_build_object('did', v_rows, 'more', v_rows > 0 or ispvm.pack_end(p, v_partition.child, p_now));
end $$;

-- A day is dropped with its packed rows.
create function ispvm.stored_days() returns table (series text, child text, packed text, lo timestamptz, hi timestamptz)
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select series, p.child, k.child, lo, coalesce(p.hi, k.hi)
  from ispvm.partition p full join ispvm.packed_partition k using (series, lo) $$;
create function ispvm.drop_day(p_series text, p_child text, p_packed text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if p_packed is not null then
    execute format('drop table series.%I', p_packed);
    delete from ispvm.packed_partition where child = p_packed;
  end if;
  if p_child is not null then
    execute format('drop table series.%I', p_child);
    delete from ispvm.partition where child = p_child;
  end if;
end $$;

create or replace function ispvm.drop_expired(p_now timestamptz) returns jsonb
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  s record;
  did int := 0;
  more boolean := false;
begin
  for s in
    select e.* from (
      select * from ispvm.stored_days()
      union all
      select series, child, null, lo, hi from ispvm.expired_chunks(p_now)
    ) e join ispvm.series on ispvm.series.name = e.series join ispvm.retention k using (class)
    where engine in ('plain', 'timescale') and e.hi <= p_now - k.keep
      and not exists (select from ispvm.rollup u where u.source = e.series and u.stored_until < e.hi)
      and not exists (select from ispvm.dirty d join ispvm.rollup u on u.name = d.rollup where u.source = e.series and d.lo < e.hi)
    order by e.series, e.lo
  loop
    begin
      if s.child is null and s.packed is null then
        execute format('select %s.drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
          ispvm.timescale_schema(), format('series.%I', s.series), s.hi, s.lo);
      else
        perform ispvm.drop_day(s.series, s.child, s.packed);
      end if;
      update ispvm.series set dropped_until = greatest(dropped_until, s.hi) where name = s.series;
      did := did + 1;
    exception when lock_not_available then
      more := true; -- somebody reads it; next time
    end;
  end loop;
  return jsonb_build_object('did', did, 'more', more);
end $$;

drop function ispvm.early_droppable;
create function ispvm.early_droppable(p_now timestamptz)
    returns table (series text, child text, packed text, lo timestamptz, hi timestamptz, relation regclass)
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select p.series, p.child, p.packed, p.lo, p.hi, format('series.%I', coalesce(p.child, p.packed))::regclass
    from ispvm.stored_days() p join ispvm.series x on x.name = p.series join ispvm.retention k on k.class = x.class
    where x.engine in ('plain', 'timescale') and p.hi <= p_now - k.min_keep;
  if not exists (select from ispvm.series x where x.engine = 'timescale') then return; end if;
  return query
    select c.hypertable_name::text, null::text, null::text, c.range_start, c.range_end, format('%I.%I', c.chunk_schema, c.chunk_name)::regclass
    from timescaledb_information.chunks c
      join ispvm.series x on x.name = c.hypertable_name join ispvm.retention k on k.class = x.class
    where c.hypertable_schema = 'series' and x.engine = 'timescale' and c.range_end <= p_now - k.min_keep;
end $$;

create or replace function ispvm.drop_early(p_now timestamptz) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  s record;
  v_bytes bigint;
begin
  if not pg_try_advisory_xact_lock(hashtext('ispvm.tick')) then return jsonb_build_object('did', 0); end if;
  for s in
    select * from ispvm.early_droppable(p_now) e
    where not exists (select from ispvm.rollup u where u.source = e.series and u.stored_until < e.hi)
      and not exists (select from ispvm.dirty d join ispvm.rollup u on u.name = d.rollup where u.source = e.series and d.lo < e.hi)
    order by e.hi, e.series
  loop
    begin
      v_bytes := pg_total_relation_size(s.relation)
        + case when s.child is null or s.packed is null then 0 else pg_total_relation_size(format('series.%I', s.packed)::regclass) end;
      if s.child is null and s.packed is null then
        execute format('select %s.drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
          ispvm.timescale_schema(), format('series.%I', s.series), s.hi, s.lo);
      else
        perform ispvm.drop_day(s.series, s.child, s.packed);
      end if;
      update ispvm.series set dropped_until = greatest(dropped_until, s.hi) where name = s.series;
      insert into ispvm.early_drop (series, lo, hi, bytes, dropped_at) values (s.series, s.lo, s.hi, v_bytes, p_now);
      delete from ispvm.early_drop where dropped_at < p_now - interval '1 year';
      return jsonb_build_object('did', 1, 'series', s.series, 'bytes', v_bytes);
    exception when lock_not_available then
      null; -- somebody reads it; the next one, or next time
    end;
  end loop;
  return jsonb_build_object('did', 0);
end $$;

-- As before, with the step `pack`, and with no lock that others wait for longer than 80 ms behind.
create or replace function ispvm.run_housekeeping(p_step text, p_now timestamptz default now()) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '80ms' as $$
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
    begin
      for s in select name, chunk from ispvm.series where engine = 'plain' order by name loop
        did := did + ispvm.premake(s.name, p_now, p_now + 2 * s.chunk);
      end loop;
    exception when lock_not_available then
      more := true; -- they are made days ahead
    end;
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
      more := true; -- a writer takes its time
    end;
  when 'drop' then
    answer := ispvm.drop_expired(p_now);
  when 'pack' then
    answer := ispvm.pack_portion(p_now);
  when 'convert' then
    answer := ispvm.convert_blocks(1000);
  else
    raise exception 'run_housekeeping: no step %', p_step;
  end case;
  return jsonb_build_object('step', p_step, 'ran', true, 'did', did, 'more', more) || answer;
end $$;

-- ── the series ───────────────────────────────────────────────────────────────────────────────

select ispvm.series_view(name) from ispvm.series s
where not exists (select from ispvm.rollup r where r.name || '_m' = s.name);
-- Probes come each second: a third of an hour, so that a portion is short.
select ispvm.series_pack('ping', '2 hours', '20 minutes');
select ispvm.series_pack('interface_counters', '2 hours', '1 hour');
select ispvm.rollup_view(r.name) from ispvm.rollup r join ispvm.packed_series k on k.series = r.source;

revoke all on all functions in schema ispvm from public;
