-- Keeps of a reservation's kits what a line of its new whole wants.
-- p_want: as resolved; p_left bigint: kits that the line wants; p_kept: "line/part" → units that
-- the new lines keep. answer: p_kept with theirs, and the kits that are lacking.
-- locks: none.
create or replace function holdfast_engine_N.keep_kits(
  p_tenant_id int, p_reservation_id uuid, p_want jsonb, p_left bigint, p_kept jsonb,
  out kept jsonb, out lacking bigint
)
language plpgsql volatile as $$
declare
  v_kit record;
  v_take bigint;
begin
  kept := p_kept;
  lacking := p_left;
  for v_kit in
    select g.line_no, g.kits, g.parts
    from (
      select u.line_no, u.location_id, min(u.units / u.per_kit) as kits,
        jsonb_agg(jsonb_build_object('name', u.name, 'per_kit', u.per_kit)) as parts
      from (
        select a.line_no, a.per_kit, coalesce(l.location_id, a.location_id) as location_id,
          a.line_no || '/' || a.part_no as name,
          a.held + a.committed + a.backordered + a.held_backordered + a.fulfilled - a.returned
            - coalesce((p_kept ->> (a.line_no || '/' || a.part_no))::bigint, 0) as units
        from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
        left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
        where a.sold_as = (p_want ->> 'sku_id')::int
      ) as u
      where p_want ->> 'location_code' is null
        or u.location_id = (p_want ->> 'location_id')::int
      group by u.line_no, u.location_id
    ) as g
    order by g.line_no, g.location_id
  loop
    v_take := least(lacking, v_kit.kits);
    continue when v_take <= 0;
    lacking := lacking - v_take;
    kept := kept || (
      select jsonb_object_agg(c.name, v_take * c.per_kit + coalesce((kept ->> c.name)::bigint, 0))
      from jsonb_to_recordset(v_kit.parts) as c (name text, per_kit bigint));
  end loop;
end $$;

-- Finds for kits that an amend takes more of the line where the reservation has the same kit, made
-- of the same parts at the same levels: they join it. Others make a line of their own, and so do
-- those with a part that waits where the line's own waits already: it waits behind all others, and
-- kits whose parts stand on two lines would never be whole.
-- p_plan jsonb: of plan. answer: the plan; a part that joins has "own_line" and "own_part".
-- locks: none.
create or replace function holdfast_engine_N.joined_kits(
  p_tenant_id int, p_reservation_id uuid, p_plan jsonb
) returns jsonb
language plpgsql volatile as $$
begin
  if not p_plan @? '$[*] ? (exists (@.sold_as))' then
    return p_plan;
  end if;
  return (
    with parts as (
      select p.part, p.n, p.part -> 'line' as line, (p.part ->> 'sold_as')::int as sold_as,
        (p.part ->> 'location_id')::int as location_id, holdfast_engine_N.name_of_part(
          (p.part ->> 'level_id')::int, (p.part ->> 'sku_id')::int,
          (p.part ->> 'per_kit')::bigint) as name, p.part ? 'later' as waits
      from jsonb_array_elements(p_plan) with ordinality as p (part, n)
    ), own as (
      select a.line_no, a.part_no, a.sold_as, coalesce(l.location_id, a.location_id) as location_id,
        holdfast_engine_N.name_of_part(a.level_id, a.sku_id, a.per_kit) as name,
        a.backordered + a.held_backordered > 0 as waits
      from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
      where a.sold_as is not null
    ), own_kits as (
      select o.line_no, o.sold_as, o.location_id, array_agg(o.name order by o.name) as names,
        array_agg(o.name) filter (where o.waits) as waiting
      from own o group by o.line_no, o.sold_as, o.location_id
    ), kits as (
      select k.line, k.sold_as, k.location_id, min(o.line_no) as line_no
      from (
        select p.line, p.sold_as, p.location_id, array_agg(p.name order by p.name) as names,
          array_agg(p.name) filter (where p.waits) as waiting
        from parts p where p.sold_as is not null group by p.line, p.sold_as, p.location_id
      ) as k
      join own_kits o on o.sold_as = k.sold_as and o.names = k.names
        and o.location_id is not distinct from k.location_id
        and (o.waiting && k.waiting) is not true
      group by k.line, k.sold_as, k.location_id
    )
    select jsonb_agg(p.part || case when o.line_no is null then '{}'
      else jsonb_build_object('own_line', o.line_no, 'own_part', o.part_no) end order by p.n)
    from parts p
    left join kits k on k.line = p.line and k.sold_as = p.sold_as
      and k.location_id is not distinct from p.location_id
    left join own o on o.line_no = k.line_no and o.sold_as = p.sold_as and o.name = p.name
      and o.location_id is not distinct from p.location_id);
end $$;

-- What makes two parts of a kit the same: level (or SKU, where nothing is counted) and units.
-- answer: text.
-- locks: none.
create or replace function holdfast_engine_N.name_of_part(
  p_level_id int, p_sku_id int, p_per_kit bigint
) returns text
language sql immutable as $$
  select case when p_level_id is null then 'sku ' || p_sku_id else 'level ' || p_level_id end
    || ' × ' || p_per_kit
$$;

-- The lines that an amend adds: one a part, and one for all parts of a kit.
-- p_parts jsonb: of plan; p_line int: the highest line that there is. answer: the parts with new
-- lines.
-- locks: none.
create or replace function holdfast_engine_N.new_lines(p_parts jsonb, p_line int) returns jsonb
language sql immutable as $$
  select jsonb_agg(f.part || jsonb_build_object('line', p_line + f.line_no,
    'part', case when f.part ? 'sold_as' then f.part -> 'part' else '0' end) order by f.n)
  from (
    select p.part, p.n, count(*) filter (where p.begins) over (order by p.n) as line_no
    from (
      select e.part, e.n, not e.part ? 'sold_as'
        or e.part -> 'line' is distinct from lag(e.part -> 'line') over (order by e.n)
        or not lag(e.part) over (order by e.n) ? 'sold_as' as begins
      from jsonb_array_elements(p_parts) with ordinality as e (part, n)
    ) as p
  ) as f
$$;
