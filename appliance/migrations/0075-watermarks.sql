-- What happens when the disk of the database fills up (docs/decisions/0041-watermarks.md): raw values are dropped before
-- their retention, oldest first and never below a minimum, and then no more of them are stored. Both are recorded.
-- `retention` gets a column with no default, which takes a moment; everything else is new.
-- expand

-- Null: never dropped early. Probes are the most rows and are kept for three days.
alter table ispvm.retention add column min_keep interval;
update ispvm.retention set min_keep = '3 days' where class = 'raw';
update ispvm.retention set min_keep = '1 day' where class = 'probe';

create table ispvm.early_drop (
  id bigint generated always as identity primary key,
  series text not null references ispvm.series,
  lo timestamptz not null,
  hi timestamptz not null,
  bytes bigint not null,
  dropped_at timestamptz not null
);

-- Partitions and chunks that may be dropped early.
create function ispvm.early_droppable(p_now timestamptz)
    returns table (series text, child text, lo timestamptz, hi timestamptz, relation regclass)
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select p.series, p.child, p.lo, p.hi, format('series.%I', p.child)::regclass
    from ispvm.partition p join ispvm.series x on x.name = p.series join ispvm.retention k on k.class = x.class
    where x.engine in ('plain', 'timescale') and p.hi <= p_now - k.min_keep;
  if not exists (select from ispvm.series x where x.engine = 'timescale') then return; end if;
  return query
    select c.hypertable_name::text, null::text, c.range_start, c.range_end, format('%I.%I', c.chunk_schema, c.chunk_name)::regclass
    from timescaledb_information.chunks c
      join ispvm.series x on x.name = c.hypertable_name join ispvm.retention k on k.class = x.class
    where c.hypertable_schema = 'series' and x.engine = 'timescale' and c.range_end <= p_now - k.min_keep;
end $$;

-- Drops the oldest one, if its roll-ups have everything of it. `did` is 0 where there is none, or somebody reads it.
create function ispvm.drop_early(p_now timestamptz) returns jsonb
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
      v_bytes := pg_total_relation_size(s.relation);
      if s.child is null then
        execute format('select %s.drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
          ispvm.timescale_schema(), format('series.%I', s.series), s.hi, s.lo);
      else
        execute format('drop table series.%I', s.child);
        delete from ispvm.partition where child = s.child;
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

-- From when on all raw values are there that their retention promises; null where it is kept.
create function ispvm.early_dropped_until(p_now timestamptz) returns timestamptz
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select max(d.hi) from ispvm.early_drop d join ispvm.series s on s.name = d.series join ispvm.retention k using (class)
  where d.hi > p_now - k.keep
$$;

revoke all on function ispvm.early_droppable, ispvm.drop_early, ispvm.early_dropped_until from public;
grant execute on function ispvm.drop_early, ispvm.early_dropped_until to ispvm_app;

-- Samples that were evaluated and not stored, of each device, since it is monitored.
create table ingest.not_stored (
  device_id uuid primary key references inventory.device on delete cascade,
  org_id uuid not null references orgs.org,
  samples bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null
) with (fillfactor = 50);
alter table ingest.not_stored enable row level security;
alter table ingest.not_stored force row level security;
create policy org on ingest.not_stored using (org_id = (select platform.current_org()));
grant select, insert, update on ingest.not_stored to ispvm_app;
