-- One look a second makes 112 bytes a row with its index: 135 MB a device in the 14 days that raw values were kept, more than everything
-- else of a device together. Nobody reads single probes of last week; the five-minute rollup (n, loss, least, greatest, mean) stands
-- for 90 days. So probes get a class of their own and three days, 29 MB a device. Partitions past that go at the next `drop`, after
-- their rollups have been stored. Decision 0005 stands: how long is said in ispvm.retention, here as there. Locks nothing for long.
insert into ispvm.retention values ('probe', '3 days');
update ispvm.series set class = 'probe' where name = 'ping';
-- A question of the past asks how long its own series is kept.
grant select (name, class) on ispvm.series to ispvm_app;
