-- Whether units may be backordered at a level, and how many more: what the policies of this sale
-- say, less what waits there already and what a cancelled backorder keeps back for a while.
-- p_level_id int: locked, where something is decided by it; p_channel_id int, p_tier text: of the
-- sale. answer: mode, cap (10^12 where there is none), kept by cancelled ones, room, the policy.
-- A tenant without rules backorders nothing.
-- locks: none.
create or replace function holdfast_engine_N.backorder_terms(
  p_tenant_id int, p_level_id int, p_channel_id int, p_tier text, p_now timestamptz,
  out mode text, out cap bigint, out kept bigint, out room bigint, out policy jsonb
)
language plpgsql volatile as $$
declare
  v_level record;
begin
  mode := 'deny';
  cap := 0;
  kept := 0;
  room := 0;
  select l.sku_id, l.location_id, l.backordered + l.held_backordered as waiting into v_level
  from holdfast.levels l
  join holdfast.tenants t on t.tenant_id = p_tenant_id and t.has_policies
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  if not found then
    return;
  end if;
  policy := holdfast_engine_N.policy_of(
    p_tenant_id, v_level.sku_id, v_level.location_id, p_channel_id, p_tier, p_now);
  mode := policy ->> 'backorder_mode';
  if mode = 'deny' then
    return;
  end if;
  cap := coalesce(holdfast_engine_N.cap_of(policy), 1000000000000);
  kept := coalesce((
    select sum(k.units) from holdfast.backorder_releases k
    where k.tenant_id = p_tenant_id and k.level_id = p_level_id and k.free_at > p_now
  ), 0);
  room := greatest(0, cap - v_level.waiting - kept);
end $$;

-- How many units a plain sale may backorder at a level, as it is in the caller's own statement.
-- p_level: the row; p_overdue bigint: units that wait in holds whose time is over. answer: units.
-- A plain sale names no channel and no tier.
-- locks: none.
create or replace function holdfast_engine_N.open_room(
  p_tenant_id int, p_level holdfast.levels, p_overdue bigint, p_now timestamptz
) returns bigint
language plpgsql volatile as $$
declare
  v_terms record;
begin
  select * into v_terms from holdfast_engine_N.backorder_terms(
    p_tenant_id, p_level.level_id, null, null, p_now);
  return greatest(0, v_terms.cap - v_terms.kept - p_level.backordered - p_level.held_backordered
    + p_overdue);
end $$;

-- Lets a level have as many backordered units as its policies say now.
-- p_cap bigint: from backorder_terms. answer: nothing.
-- What was promised stays within the ceiling, though the cap of another sale is lower.
-- locks: none more; the level is locked.
create or replace function holdfast_engine_N.open_ceiling(
  p_tenant_id int, p_level_id int, p_cap bigint
) returns void
language sql volatile as $$
  update holdfast.levels l
  set backorder_ceiling = greatest(p_cap, l.backordered + l.held_backordered)
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id
    and l.backorder_ceiling is distinct from greatest(p_cap, l.backordered + l.held_backordered)
$$;

-- Lets the rest of a line wait, where stock does not cover it: at the first location that allows.
-- p_request: of the sale ("channel_id", "tier", "split", "partial"); p_candidates int[]: levels by
-- priority; p_parts: from take_from; p_later jsonb: level id → what earlier lines of this cart let
-- wait there; p_asked bigint; p_line jsonb: "backorder": none, mixed or whole.
-- answer: as take_from, each part that waits with "later", "cap" and "whole".
-- locks: none; the levels are locked.
create or replace function holdfast_engine_N.with_backorder(
  p_tenant_id int, p_request jsonb, p_candidates int[], p_parts jsonb, p_later jsonb,
  p_asked bigint, p_line jsonb, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_split boolean := coalesce(p_request -> 'split' = 'true', false);
  v_free bigint[] := array(select greatest(0, f::bigint)
    from jsonb_array_elements_text(p_parts -> 'free') with ordinality as e (f, n) order by n);
  v_terms record;
  v_room bigint;
  v_rest bigint;
  v_taken jsonb := '[]';
  v_units bigint;
begin
  if p_line ->> 'backorder' = 'none' then
    return p_parts;
  end if;
  for i in 1..cardinality(p_candidates) loop
    select * into v_terms from holdfast_engine_N.backorder_terms(p_tenant_id, p_candidates[i],
      (p_request ->> 'channel_id')::int, normalize(p_request ->> 'tier'), p_now);
    v_room := v_terms.room - coalesce((p_later ->> p_candidates[i]::text)::bigint, 0);
    v_rest := p_asked - case when v_split
      then (select sum(f) from unnest(v_free) as f) else v_free[i] end;
    continue when v_room <= 0
      or (v_room < v_rest and p_request -> 'partial' is distinct from 'true');
    v_rest := least(v_rest, v_room);
    for j in 1..cardinality(p_candidates) loop
      continue when j <> i and not v_split;
      v_units := v_free[j] + case when j = i then v_rest else 0 end;
      continue when v_units = 0;
      v_taken := v_taken || (jsonb_build_object('part', jsonb_array_length(v_taken),
        'level_id', p_candidates[j], 'quantity', v_units)
        || case when j = i then jsonb_build_object('later', v_rest, 'cap', v_terms.cap, 'whole',
          p_line ->> 'backorder' = 'whole') else '{}' end);
    end loop;
    return jsonb_build_object('available', p_parts -> 'available', 'taken', v_taken);
  end loop;
  return p_parts;
end $$;

-- What a refusal says of backorders: whether they are open at a level for this sale, and how many
-- are left.
-- p_level_ids int[]: those that were asked. answer: {"mode", "left"} of the first that has room,
-- else of the first; null where nothing of it may be backordered.
-- locks: none.
create or replace function holdfast_engine_N.backorder_help(
  p_tenant_id int, p_level_ids int[], p_channel_id int, p_tier text, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_terms record;
  v_help jsonb;
begin
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return null;
  end if;
  for i in 1..least(cardinality(p_level_ids), 20) loop
    select * into v_terms from holdfast_engine_N.backorder_terms(
      p_tenant_id, p_level_ids[i], p_channel_id, p_tier, p_now);
    continue when v_terms.mode = 'deny';
    if v_help is null or v_terms.room > 0 then
      v_help := jsonb_build_object('mode', v_terms.mode, 'left', v_terms.room);
    end if;
    exit when v_terms.room > 0;
  end loop;
  return v_help;
end $$;
