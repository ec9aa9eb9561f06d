-- Every policy asked `platform.current_org()` once a row: of 100,000 ports that alone took 145 ms. As a sub-select it is asked once a
-- statement. Locks each table for the moment of the change.
do $$
declare p record;
begin
  for p in select schemaname, tablename from pg_policies where policyname = 'org' and qual = '(org_id = platform.current_org())' loop
    execute format('alter policy org on %I.%I using (org_id = (select platform.current_org()))', p.schemaname, p.tablename);
  end loop;
end $$;
