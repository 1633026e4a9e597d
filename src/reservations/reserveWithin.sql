-- The fast path of reserve for one cart within the caller's own transaction: what does not fit, or
-- has come before, leaves no trace there, and the careful path decides it.
-- Parameters and answer are those of reserve_fast; versions empty: the cart does not fit, or its
-- key or id was used before. The caller's own lock_timeout stays.
-- Costs half of the careful path; a savepoint of its own is the price of one that does not fit.
-- locks: as reserve_fast, and given back where nothing was done.
create or replace function holdfast_engine_N.reserve_within(
  p_tenant_id int, p_catalog_version bigint,
  p_levels int[], p_units bigint[], p_movements int[],
  p_ids uuid[], p_lines int[], p_seconds int[], p_buyers text[], p_actors int[], p_level_of int[],
  p_quantity bigint[],
  p_line_carts int[], p_line_numbers int[], p_line_levels int[], p_line_units bigint[],
  p_line_sums bigint[], p_line_versions int[],
  p_keys text[], p_requests jsonb, p_kept jsonb,
  out versions bigint[], out decided_at timestamptz
)
language plpgsql volatile as $$
begin
  select f.versions, f.decided_at into versions, decided_at
  from holdfast_engine_N.reserve_fast(
    p_tenant_id, p_catalog_version, current_setting('lock_timeout'), p_levels, p_units,
    p_movements, p_ids, p_lines, p_seconds, p_buyers, p_actors, p_level_of, p_quantity,
    p_line_carts, p_line_numbers, p_line_levels, p_line_units, p_line_sums, p_line_versions,
    p_keys, p_requests, p_kept
  ) as f;
exception
  when sqlstate 'HF001' or sqlstate 'HF004' or unique_violation then
    versions := '{}';
end $$;
