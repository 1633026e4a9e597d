-- What a walk-in may take from a level: what is free of promises, facts and policy's wishes, less
-- what those are owed who wait for backordered units: they are served first.
-- p_level holdfast.levels: a row that the caller has locked. answer: units, negative in a shortage
-- or while somebody waits.
-- locks: none.
create or replace function holdfast_engine_N.sellable(p_level holdfast.levels) returns bigint
language sql immutable as $$
  select p_level.on_hand - p_level.held - p_level.committed - p_level.damaged
    - p_level.quality_control - p_level.set_aside - p_level.safety_stock - p_level.buffered
    - p_level.waiting - p_level.backordered - p_level.held_backordered
$$;

-- What a sale may take, read from a locked level by its id.
-- p_level_id int, p_channel_id int: null for a sale of no channel. answer: units, as sellable; of a
-- channel its share of them and its own buffer.
-- The row is locked already, so this statement sees its newest form.
-- locks: none.
create or replace function holdfast_engine_N.sellable_at(
  p_tenant_id int, p_level_id int, p_channel_id int default null
) returns bigint
language plpgsql volatile as $$
begin
  return (select case when p_channel_id is null then holdfast_engine_N.sellable(l)
      else holdfast_engine_N.sellable_to(
        l, holdfast_engine_N.sellable(l) + l.buffered, p_channel_id) end
    from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id);
end $$;

-- The same, after ending as many overdue holds as it takes to reach the units that are wanted.
-- p_wanted bigint. answer: units, less than p_wanted where there are no more.
-- What is freed fills the buffers of channels first, so it may take more of them.
-- locks: as free_overdue.
create or replace function holdfast_engine_N.sellable_freed(
  p_tenant_id int, p_level_id int, p_channel_id int, p_wanted bigint, p_now timestamptz
) returns bigint
language plpgsql volatile as $$
declare
  v_units bigint := holdfast_engine_N.sellable_at(p_tenant_id, p_level_id, p_channel_id);
begin
  while v_units < p_wanted loop
    exit when holdfast_engine_N.free_overdue(
      p_tenant_id, p_level_id, p_wanted - v_units, p_now) = 0;
    perform holdfast_engine_N.fill_buffers(p_tenant_id, p_level_id);
    v_units := holdfast_engine_N.sellable_at(p_tenant_id, p_level_id, p_channel_id);
  end loop;
  return v_units;
end $$;
