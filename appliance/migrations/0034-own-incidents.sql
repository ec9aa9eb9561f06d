-- Incidents of the appliance itself: `check_id` names the check that opened one; null: of the network. At most one of a check is open in
-- an organisation. A column without a default and an index over few rows: nothing is locked for long.
-- expand
alter table incidents.incident add column check_id text check (check_id ~ '^[a-z][a-z0-9-]{0,63}$');
create unique index incident_check_open on incidents.incident (org_id, check_id) where check_id is not null and state <> 'closed';
