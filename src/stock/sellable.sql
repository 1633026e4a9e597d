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

-- The same, read from a locked level by its id.
-- p_tenant_id int, p_level_id int. answer: units.
-- The row is locked already, so this statement sees its newest form.
-- locks: none.
create or replace function holdfast_engine_N.sellable_at(p_tenant_id int, p_level_id int)
returns bigint
language plpgsql volatile as $$
begin
  return (select holdfast_engine_N.sellable(l) from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id);
end $$;
