-- Refreshes the statistics of one of our tables. Owner's maintenance, security definer: a table
-- that was never analysed made a batched update scan the whole tenant (2.3 k/s until ANALYZE).
-- p_table text: the table's name in schema holdfast. answer: nothing.
-- locks: SHARE UPDATE EXCLUSIVE on that table.
create or replace function holdfast.analyze_table(p_table text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from pg_class where relnamespace = 'holdfast'::regnamespace and relname = p_table
      and relkind in ('r', 'p')
  ) then
    raise exception 'no table % in schema holdfast', p_table using errcode = '42P01';
  end if;
  execute format('analyze holdfast.%I', p_table);
end $$;
