-- Names and stored values follow the vocabulary of network operators, so that one word means the same in code, SQL, API and on
-- screen. The audit is left as it was written, and so are sentences already stored.
-- Renames change the catalogue only, and no series is touched; rewritten are the values of alerts, incidents and router settings.
-- Each of these tables is locked until the end: a million transitions (90 days of a large network) take under a minute.

-- ── tables, columns, policies, functions ─────────────────────────────────────────────────────────────────────────────

alter table companion.wish rename to desired_config;
alter table companion.desired_config rename column wish to desired;
alter table incidents.incident rename column devices_behind to devices_downstream;
alter table incidents.symptom rename column part to role;
alter table ingest.unevaluated rename column seen to observations;
alter table push.ledger rename column told_at to received_at;
alter table push.router rename column refused to rejected;
alter table push.router rename column last_refusal to last_rejection;
alter table push.router rename column watches to netwatch;
alter table series.source_last rename column trouble to problem;
alter table series.source_last rename column trouble_at to problem_at;

-- Constraints were named for their table and column. Which there are depends on the server's release: newer ones name every
-- `not null` as well.
do $$
declare r record;
begin
  for r in
    select c.conrelid::regclass as of, c.conname as old, regexp_replace(c.conname, v.old, v.new) as new
    from (values ('companion.desired_config', '^wish_wish_', 'desired_config_desired_'),
      ('companion.desired_config', '^wish_(?!wish_)', 'desired_config_'),
      ('incidents.incident', '_devices_behind_', '_devices_downstream_'), ('incidents.symptom', '_part_', '_role_'),
      ('ingest.unevaluated', '_seen_', '_observations_'), ('push.ledger', '_told_at_', '_received_at_'),
      ('push.router', '_refused_', '_rejected_'), ('push.router', '_watches_', '_netwatch_')) v (of, old, new)
    join pg_constraint c on c.conrelid = v.of::regclass and c.conname ~ v.old
  loop
    execute format('alter table %s rename constraint %I to %I', r.of, r.old, r.new);
  end loop;
end $$;

alter policy door on agents.certificate rename to lookup;
alter policy door on agents.token rename to lookup;
alter policy door on agents.agent rename to lookup;
alter policy door on companion.key rename to lookup;
alter policy door on companion.link rename to lookup;

alter function ispvm.tick(text, timestamptz) rename to run_housekeeping;

-- ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The policies bind the owner as well: without leave to read and write, the updates below would find no row.
do $$
declare t text;
begin
  foreach t in array array['companion.desired_config', 'alerts.alert', 'alerts.transition', 'incidents.incident',
      'incidents.symptom', 'ingest.unevaluated'] loop
    execute format('create policy fill on %s to ispvm_owner using (true)', t::regclass);
  end loop;
end $$;

create function platform.rename_key(p_object jsonb, p_old text, p_new text) returns jsonb language sql immutable
  as $$ select case when p_object ? p_old then p_object - p_old || jsonb_build_object(p_new, p_object -> p_old) else p_object end $$;
create function platform.rename_key_of_each(p_list jsonb, p_old text, p_new text) returns jsonb language sql immutable
  as $$
    select coalesce(jsonb_agg(platform.rename_key(e.item, p_old, p_new) order by e.place), '[]')
    from jsonb_array_elements(p_list) with ordinality as e (item, place)
  $$;

-- What does not parse counts as absent: without this every router would lose its desired configuration.
update companion.desired_config set
  desired = platform.rename_key(platform.rename_key(platform.rename_key(desired,
    'duty', 'profile'), 'watches', 'netwatch'), 'atMostAMinute', 'maxPerMinute'),
  verification = platform.rename_key(verification, 'trouble', 'problem');

create table platform.new_reason (old text primary key, new text not null);
insert into platform.new_reason values
  ('confirmed-silent', 'probes-unanswered'), ('heard', 'online'), ('heard-again', 'online-again'),
  ('heard-for-hold', 'online-for-hold'), ('not-heard', 'offline'), ('not-looked-at', 'no-recent-data'),
  ('samples-refused', 'samples-rejected'), ('no-longer-watched', 'no-longer-monitored'), ('agent-silent', 'agent-offline');

-- Making the index again is faster than an entry in it for every changed row.
drop index alerts.transition_alert;
update alerts.transition t set reason = r.new from platform.new_reason r where r.old = t.reason;
create index transition_alert on alerts.transition (alert_id, at desc);

alter table alerts.alert drop constraint alert_kind_check;
update alerts.alert a set
  kind = case a.kind when 'agent-silent' then 'agent-offline' else a.kind end,
  reason = coalesce((select r.new from platform.new_reason r where r.old = a.reason), a.reason),
  state = platform.rename_key(a.state, 'risenAtMs', 'upAgainAtMs') || jsonb_build_object('reason',
    coalesce((select r.new from platform.new_reason r where r.old = a.state ->> 'reason'), a.state ->> 'reason'));
alter table alerts.alert
  add constraint alert_kind_check check (kind in ('device-unreachable', 'interface-down', 'agent-offline'));
drop table platform.new_reason;

alter table incidents.symptom drop constraint symptom_role_check;
update incidents.symptom set role = 'downstream' where role = 'behind';
alter table incidents.symptom add constraint symptom_role_check check (role in ('cause', 'evidence', 'downstream'));

update incidents.incident set
  hypotheses = platform.rename_key_of_each(hypotheses, 'standIns', 'equivalents'),
  rechecks = platform.rename_key_of_each(rechecks, 'askedAtMs', 'requestedAtMs')
  where hypotheses <> '[]' or rechecks <> '[]';

update ingest.unevaluated set observations = platform.rename_key(observations, 'refused', 'rejected');

drop function platform.rename_key_of_each, platform.rename_key;
do $$
declare t text;
begin
  foreach t in array array['companion.desired_config', 'alerts.alert', 'alerts.transition', 'incidents.incident',
      'incidents.symptom', 'ingest.unevaluated'] loop
    execute format('drop policy fill on %s', t::regclass);
  end loop;
end $$;
