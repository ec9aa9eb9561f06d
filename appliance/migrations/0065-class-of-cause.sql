-- What a channel knows of the cause now says whether it failed or works badly, because one incident may go from one to the other. Adds it
-- to what channels know of open incidents of rules, so that the update itself sends nothing. Few rows: locks both tables for a moment.
-- expand
alter table incidents.incident no force row level security;
alter table notify.delivery no force row level security;
update notify.delivery d set cause_key = d.cause_key || ' degraded'
  from incidents.incident i
  where i.id = d.incident_id and i.state <> 'closed' and i.title ->> 'code' in ('title.rule', 'title.degradation') and d.cause_key is not null;
alter table notify.delivery force row level security;
alter table incidents.incident force row level security;
