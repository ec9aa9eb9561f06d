-- Since when all of an open incident has recovered, and waits only for its hold to be over: nobody is notified of it meanwhile. And the
-- note that a delivery tells the person of whom it mentions. Adds two columns without defaults and replaces a check; locks both tables for
-- a moment, and reads deliveries once.
-- expand
alter table incidents.incident add column recovered_at timestamptz;
alter table notify.delivery
  /** Who wrote it, and its text. */
  add column mention jsonb,
  drop constraint delivery_kind_check,
  add constraint delivery_kind_check check (kind in ('opened', 'reminder', 'updated', 'acknowledged', 'resolved', 'test', 'mentioned'));
