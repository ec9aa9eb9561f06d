-- The code page that routers' texts (comments, identities, log lines) are in, where it is neither UTF-8 nor recognised by itself.
-- Of a site, null is "recognise it"; of a device, null is "as its site". Nullable columns: each locks its table for a moment only.
alter table inventory.site add column text_encoding text check (length(text_encoding) between 1 and 32);
alter table inventory.device add column text_encoding text check (length(text_encoding) between 1 and 32);
