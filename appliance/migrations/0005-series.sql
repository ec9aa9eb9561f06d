-- Values over time. Everything above this file says `series.<name>` and `series.<name>_<width>`, filters on `ts`, buckets with
-- date_bin from 2000-01-03, and calls premake, late and tick; how a series is kept is decided here alone. Today that is plain
-- partitions and rollups of our own; docs/decisions/0005-plain-partitions-first.md says how TimescaleDB takes their place.
--
-- The program owns nothing, so what makes or drops tables are functions that run as their owner, with a fixed search path.
-- Series carry no row-level security (compressed hypertables cannot): they are keyed by small integers which only the
-- inventory's protected tables tell. Only the parents are granted: a partition read directly would bypass a later policy.
-- Locks nothing that is in use: everything here is new.
create schema ispvm;
grant usage on schema ispvm to ispvm_app;

-- The one place that says how long anything is kept. Without compression raw values cost six times the disk, hence 14 days.
create table ispvm.retention (class text primary key, keep interval not null);
insert into ispvm.retention values
  ('raw', '14 days'), ('5m', '90 days'), ('1h', '1 year'), ('event', '1 year'), ('quarantine', '14 days');
grant select on ispvm.retention to ispvm_app;

-- The branch point: what keeps a series that is made from now on. premake, late and tick look after `plain` ones only.
create function ispvm.engine() returns text language sql immutable as $$ select 'plain' $$;
create function ispvm.bin(width interval, at timestamptz) returns timestamptz language sql immutable parallel safe
  as $$ select date_bin(width, at, '2000-01-03 00:00+00') $$;

create table ispvm.series (
  name text primary key,
  engine text not null,
  chunk interval not null,
  class text not null references ispvm.retention,
  dropped_until timestamptz not null default '-infinity' -- before this, what is left of the raw values is not the whole truth
);
create table ispvm.partition (
  series text not null references ispvm.series,
  child text not null unique,
  lo timestamptz not null,
  hi timestamptz not null,
  primary key (series, lo)
);
-- Buckets before `closed_until` are complete but for late data, which is noted in `dirty`; those before `stored_until` are
-- in the stored half (`<name>_m`), all later ones are reckoned live by the view.
create table ispvm.rollup (
  name text primary key,
  source text not null references ispvm.series,
  engine text not null,
  width interval not null,
  lag interval not null,
  columns text not null,
  query text not null, -- without its `where`: %s stands for it
  stored_until timestamptz not null,
  closed_until timestamptz not null
);
-- Append-only on purpose: a row is seen only together with the late values its transaction stored, so no value slips between.
create table ispvm.dirty (
  id bigint generated always as identity primary key,
  rollup text not null references ispvm.rollup,
  lo timestamptz not null,
  hi timestamptz not null
);

-- Makes the partitions of [from, to] that are missing. Attaching an empty table does not hold up writers, creating one in place would.
create function ispvm.premake(p_series text, p_from timestamptz, p_to timestamptz) returns int
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  s ispvm.series;
  at timestamptz;
  child text;
  made int := 0;
begin
  select * into strict s from ispvm.series where name = p_series;
  if s.engine <> 'plain' then return 0; end if;
  at := ispvm.bin(s.chunk, p_from);
  if p_to > p_from + 400 * s.chunk then raise exception 'premake of %: % to % is too wide', p_series, p_from, p_to; end if;
  while at <= p_to loop
    if not exists (select from ispvm.partition p where p.series = p_series and p.lo = at) then
      perform pg_advisory_xact_lock(hashtext('ispvm.premake'));
      if not exists (select from ispvm.partition p where p.series = p_series and p.lo = at) then
        child := p_series || to_char(at at time zone 'utc', '_YYYYMMDDHH24');
        execute format('create table series.%I (like series.%I including defaults including constraints including indexes)', child, p_series);
        execute format('alter table series.%I attach partition series.%I for values from (%L) to (%L)', p_series, child, at, at + s.chunk);
        insert into ispvm.partition values (p_series, child, at, at + s.chunk);
        made := made + 1;
      end if;
    end if;
    at := at + s.chunk;
  end loop;
  return made;
end $$;

-- A series: one wide row a moment and key. Primary key (keys, ts): screens read by key, and a repeated row is the same row.
create function ispvm.series_create(p_name text, p_columns text, p_keys text[], p_chunk interval, p_class text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table series.%I (ts timestamptz not null, %s, primary key (%s, ts)) partition by range (ts)',
    p_name, p_columns, (select string_agg(quote_ident(k), ', ') from unnest(p_keys) k));
  execute format('grant select, insert on series.%I to ispvm_app', p_name);
  insert into ispvm.series (name, engine, chunk, class) values (p_name, ispvm.engine(), p_chunk, p_class);
  perform ispvm.premake(p_name, now() - p_chunk, now() + 2 * p_chunk);
end $$;

-- A rollup `series.<source>_<suffix>` with the same keys and a `ts` that is the bucket's start. It holds n, sums, least and
-- greatest, never a mean, so that buckets can be put together again. The view is its stored half and the live rest.
create function ispvm.rollup_create(p_source text, p_suffix text, p_width interval, p_keys text[], p_aggregates text,
    p_lag interval, p_chunk interval, p_class text) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := p_source || '_' || p_suffix;
  v_keys text := (select string_agg(quote_ident(k), ', ') from unnest(p_keys) k);
  v_query text := format('select ispvm.bin(%L, ts) as ts, %s, %s from series.%I %%s group by 1, %2$s', p_width, v_keys, p_aggregates, p_source);
  v_typed text;
  v_columns text;
begin
  execute format('create view series.%I as ', v_name) || replace(v_query, '%s', '');
  select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum) filter (where attname <> 'ts'),
      string_agg(quote_ident(attname), ', ' order by attnum)
    into v_typed, v_columns from pg_attribute where attrelid = format('series.%I', v_name)::regclass and attnum > 0;
  perform ispvm.series_create(v_name || '_m', v_typed, p_keys, p_chunk, p_class);
  execute format('revoke all on series.%I from ispvm_app', v_name || '_m');
  insert into ispvm.rollup values (v_name, p_source, ispvm.engine(), p_width, p_lag, v_columns, v_query,
    ispvm.bin(p_width, now() - p_lag), ispvm.bin(p_width, now() - p_lag));
  execute format('create or replace view series.%I as select %s from series.%I union all ', v_name, v_columns, v_name || '_m')
    || replace(v_query, '%s', format('where ts >= (select stored_until from ispvm.rollup where name = %L)', v_name));
  execute format('grant select on series.%I to ispvm_app', v_name);
end $$;

-- Told by every transaction that writes to a series, before it writes. The shared lock is what lets tick('close') know that
-- nobody is still writing, unseen, into buckets it is about to call complete.
create function ispvm.late(p_source text, p_from timestamptz, p_to timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('ispvm.close'));
  insert into ispvm.dirty (rollup, lo, hi)
    select name, ispvm.bin(width, p_from), ispvm.bin(width, p_to) + width
    from ispvm.rollup where source = p_source and engine = 'plain' and p_from < closed_until;
end $$;

-- Stores the buckets of [lo, hi) of one rollup as the raw values have them now.
create function ispvm.restate(p_rollup ispvm.rollup, p_lo timestamptz, p_hi timestamptz) returns int
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_rows int;
begin
  if p_lo >= p_hi then return 0; end if;
  perform ispvm.premake(p_rollup.name || '_m', p_lo, p_hi);
  execute format('delete from series.%I where ts >= $1 and ts < $2', p_rollup.name || '_m') using p_lo, p_hi;
  execute format('insert into series.%I (%s) ', p_rollup.name || '_m', p_rollup.columns)
    || replace(p_rollup.query, '%s', 'where ts >= $1 and ts < $2') using p_lo, p_hi;
  get diagnostics v_rows = row_count;
  return v_rows;
end $$;

-- Upkeep, one step a call and so one transaction a step: locks of one step are never held while another waits.
--   premake  partitions for the coming chunks
--   refresh  store what has been closed, at most a day a rollup (`more` asks to be called again), and restate what came late
--   close    move the line before which values count as late
--   drop     partitions past their retention, once every rollup of theirs has them
-- Answers what it did; `ran` is false when another process is at it.
create function ispvm.tick(p_step text, p_now timestamptz default now()) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
  r ispvm.rollup;
  s record;
  span record;
  upto timestamptz;
  did int := 0;
  more boolean := false;
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
      null; -- a writer takes its time; the line moves at the next tick
    end;
  when 'drop' then
    for s in
      select p.series, p.child, p.hi from ispvm.partition p
        join ispvm.series on ispvm.series.name = p.series join ispvm.retention k using (class)
      where engine = 'plain' and p.hi <= p_now - k.keep
        and not exists (select from ispvm.rollup u where u.source = p.series and u.stored_until < p.hi)
        and not exists (select from ispvm.dirty d join ispvm.rollup u on u.name = d.rollup where u.source = p.series and d.lo < p.hi)
      order by p.series, p.lo
    loop
      begin
        execute format('drop table series.%I', s.child);
        delete from ispvm.partition where child = s.child;
        update ispvm.series set dropped_until = greatest(dropped_until, s.hi) where name = s.series;
        did := did + 1;
      exception when lock_not_available then
        more := true; -- somebody reads it; next time
      end;
    end loop;
  else
    raise exception 'tick: no step %', p_step;
  end case;
  return jsonb_build_object('step', p_step, 'ran', true, 'did', did, 'more', more);
end $$;

revoke all on all functions in schema ispvm from public;
grant execute on function ispvm.bin, ispvm.premake, ispvm.late, ispvm.tick to ispvm_app;

-- ── the series ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Probes run from several agents at once, so the agent is in their key; counters are read by the one agent that holds the device.
select ispvm.series_create('ping',
  'target_id int not null, agent_id int not null, sent smallint, received smallint, rtt_us int, jitter_us int, answers boolean not null',
  '{target_id,agent_id}', '1 day', 'raw');
select ispvm.series_create('interface_counters',
  'interface_id int not null, running boolean not null, rx_bps bigint, tx_bps bigint, rx_pps real, tx_pps real, errs real, drops real',
  '{interface_id}', '1 day', 'raw');
select ispvm.series_create('device_health',
  'device_key int not null, uptime_s bigint, cpu_ratio real, memory_used_byte bigint, memory_total_byte bigint,
   disk_used_byte bigint, disk_total_byte bigint',
  '{device_key}', '1 day', 'raw');
-- Whatever has no table of its own: sensors today. One value a row.
select ispvm.series_create('metric_custom', 'series_id int not null, value double precision not null', '{series_id}', '1 day', 'raw');

-- A look without ICMP counts as one probe, answered or not.
select ispvm.rollup_create('ping', suffix, width, '{target_id,agent_id}',
  'count(*)::int as n, (count(*) filter (where answers))::int as up_n,
   sum(coalesce(sent, 1))::bigint as sent, sum(coalesce(received, answers::int))::bigint as received,
   count(rtt_us)::int as rtt_n, sum(rtt_us)::bigint as rtt_sum, min(rtt_us) as rtt_min, max(rtt_us) as rtt_max,
   count(jitter_us)::int as jitter_n, sum(jitter_us)::bigint as jitter_sum', lag, chunk, suffix)
from (values ('5m', interval '5 min', interval '10 min', interval '7 days'), ('1h', '1 hour', '1 hour', '28 days')) x (suffix, width, lag, chunk);
select ispvm.rollup_create('interface_counters', '1h', '1 hour', '{interface_id}',
  'count(*)::int as n, (count(*) filter (where running))::int as running_n,
   count(rx_bps)::int as rx_n, sum(rx_bps)::bigint as rx_sum, min(rx_bps) as rx_min, max(rx_bps) as rx_max,
   count(tx_bps)::int as tx_n, sum(tx_bps)::bigint as tx_sum, min(tx_bps) as tx_min, max(tx_bps) as tx_max,
   count(rx_pps)::int as rx_pps_n, sum(rx_pps::float8) as rx_pps_sum, max(rx_pps) as rx_pps_max,
   count(tx_pps)::int as tx_pps_n, sum(tx_pps::float8) as tx_pps_sum, max(tx_pps) as tx_pps_max,
   count(errs)::int as errs_n, sum(errs::float8) as errs_sum, max(errs) as errs_max,
   count(drops)::int as drops_n, sum(drops::float8) as drops_sum, max(drops) as drops_max', '1 hour', '28 days', '1h');
select ispvm.rollup_create('device_health', '1h', '1 hour', '{device_key}',
  'count(*)::int as n, max(uptime_s) as uptime_max,
   count(cpu_ratio)::int as cpu_n, sum(cpu_ratio::float8) as cpu_sum, min(cpu_ratio) as cpu_min, max(cpu_ratio) as cpu_max,
   count(memory_used_byte)::int as memory_n, sum(memory_used_byte)::bigint as memory_sum, max(memory_used_byte) as memory_max,
   max(memory_total_byte) as memory_total', '1 hour', '28 days', '1h');
select ispvm.rollup_create('metric_custom', '1h', '1 hour', '{series_id}',
  'count(*)::int as n, sum(value) as value_sum, min(value) as value_min, max(value) as value_max', '1 hour', '28 days', '1h');

-- What a narrow series is of. A sensor that changes its unit is another series: volts and degrees have no mean.
create table series.sensor (
  id int generated always as identity primary key,
  org_id uuid not null references orgs.org,
  device_key int not null references inventory.device (key) on delete cascade,
  name text not null,
  unit text not null,
  unique (device_key, name, unit)
);
alter table series.sensor enable row level security;
alter table series.sensor force row level security;
create policy org on series.sensor using (org_id = platform.current_org());
grant select, insert on series.sensor to ispvm_app;

-- ── the last values: what "now" screens read, so that none of them searches a series ────────────────────────────────────

create table series.interface_last (
  interface_id int primary key references inventory.interface on delete cascade,
  ts timestamptz not null,
  running boolean not null,
  disabled boolean not null,
  rx_bps bigint,
  tx_bps bigint,
  rx_pps real,
  tx_pps real,
  errs real,
  drops real
) with (fillfactor = 50);
-- Loss over the last minute without reading a minute of probes: counts of this clock minute and of the one before.
create table series.ping_last (
  target_id int not null references inventory.target on delete cascade,
  agent_id int not null references agents.agent (key) on delete cascade,
  ts timestamptz not null,
  answers boolean not null,
  answered_at timestamptz,
  rtt_us int,
  jitter_us int,
  minute timestamptz not null,
  sent int not null,
  received int not null,
  sent_before int not null,
  received_before int not null,
  primary key (target_id, agent_id)
) with (fillfactor = 50);
create table series.health_last (
  device_key int primary key references inventory.device (key) on delete cascade,
  ts timestamptz not null,
  uptime_s bigint,
  cpu_ratio real,
  memory_used_byte bigint,
  memory_total_byte bigint,
  disk_used_byte bigint,
  disk_total_byte bigint
) with (fillfactor = 50);
create table series.sensor_last (
  series_id int primary key references series.sensor on delete cascade,
  ts timestamptz not null,
  value double precision not null
) with (fillfactor = 50);
-- By which method a device last answered, and what is wrong with one that does not (the reason of the last `collect-failed`).
create table series.source_last (
  device_key int not null references inventory.device (key) on delete cascade,
  source text not null,
  ts timestamptz,
  trouble text,
  trouble_at timestamptz,
  primary key (device_key, source)
) with (fillfactor = 50);
grant select, insert, update on series.interface_last, series.ping_last, series.health_last, series.sensor_last, series.source_last
  to ispvm_app;
