-- The kits that a reservation has, one row a line, kit and location, where their parts stand.
-- p_units text: what a verb may take, see parts_of; p_taken jsonb: "line/part" → units that earlier
-- lines of the request take. rows: "parts" [{line, part, base, units, per_kit}]; kits: how many
-- whole ones the verb may take: with it, every part has been taken for as many kits.
-- A part's base is what left for its kits before: a kit whose rest comes later is whole then.
-- locks: none.
create or replace function holdfast_engine_N.kits_in(
  p_tenant_id int, p_reservation_id uuid, p_units text, p_taken jsonb
) returns table (
  sold_as int, line_no int, location_id int, kits bigint, done bigint, parts jsonb,
  ships_partial boolean
)
language plpgsql volatile rows 1 as $$
#variable_conflict use_column
begin
  return query
  select g.sold_as, g.line_no, g.location_id, g.most - g.done, g.done, g.parts,
    coalesce(k.ships_partial, false)
  from (
    select u.sold_as, u.line_no, u.location_id, min(u.base / u.per_kit) as done,
      min((u.base + u.units) / u.per_kit) as most,
      jsonb_agg(jsonb_build_object('line', u.line_no, 'part', u.part_no, 'base', u.base,
        'units', u.units, 'per_kit', u.per_kit, 'sku_id', u.sku_id) order by u.part_no) as parts
    from (
      select a.sold_as, a.line_no, a.part_no, a.per_kit,
        coalesce(l.sku_id, a.sku_id) as sku_id,
        coalesce(l.location_id, a.location_id) as location_id,
        t.units + case when p_units = 'committed' then a.fulfilled else 0 end as base,
        holdfast_engine_N.units_of(a.held, a.committed, a.fulfilled, a.expired, a.returned,
          a.backordered, a.held_backordered, p_units) - t.units as units
      from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
      cross join lateral (
        select coalesce((p_taken ->> (a.line_no || '/' || a.part_no))::bigint, 0) as units
      ) as t
      where a.sold_as is not null
    ) as u
    group by u.sold_as, u.line_no, u.location_id
  ) as g
  left join holdfast.kits k on k.tenant_id = p_tenant_id and k.sku_id = g.sold_as
  order by g.line_no, g.location_id;
end $$;

-- What has to be taken of each part so that so many kits more are whole.
-- p_parts jsonb, p_done bigint: of kits_in; p_kits bigint. rows: line, part, units (none of 0).
-- A part of which more has left than of the others gives less.
-- locks: none.
create or replace function holdfast_engine_N.units_of_kits(
  p_parts jsonb, p_done bigint, p_kits bigint
) returns table (line_no int, part_no int, take bigint)
language sql immutable rows 3 as $$
  select c.line, c.part, (p_done + p_kits) * c.per_kit - c.base
  from jsonb_to_recordset(p_parts) as c (line int, part int, base bigint, per_kit bigint)
  where (p_done + p_kits) * c.per_kit > c.base
  order by c.line, c.part
$$;

-- Finds what a line of a verb names among the kits of a reservation: the kit itself, whole ones of
-- it, or a component of a kit that may leave in parts.
-- p_want: as resolved; p_left bigint: units (or kits) that are still asked for; p_units, p_taken as
-- kits_in; p_fields jsonb: the line's other fields. answer: {"parts", "taken", "left"} as parts_of
-- goes on with them, and "whole": the code of a kit of which the line names a component alone.
-- locks: none.
create or replace function holdfast_engine_N.take_kits(
  p_tenant_id int, p_reservation_id uuid, p_want jsonb, p_left bigint, p_units text,
  p_taken jsonb, p_fields jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_sku_id int := (p_want ->> 'sku_id')::int;
  v_parts jsonb := '[]';
  v_whole text;
  v_kit record;
  v_part record;
  v_take bigint;
begin
  for v_kit in
    select k.*, exists (
      select from jsonb_array_elements(k.parts) as c where (c ->> 'sku_id')::int = v_sku_id
        and (c ->> 'units')::bigint > 0) as has_it
    from holdfast_engine_N.kits_in(p_tenant_id, p_reservation_id, p_units, p_taken) as k
    where p_want ->> 'location_code' is null or k.location_id = (p_want ->> 'location_id')::int
  loop
    exit when p_left = 0;
    if v_kit.sold_as = v_sku_id then
      v_take := least(p_left, v_kit.kits);
      continue when v_take <= 0;
      p_left := p_left - v_take;
      for v_part in
        select * from holdfast_engine_N.units_of_kits(v_kit.parts, v_kit.done, v_take)
      loop
        v_parts := v_parts || (p_fields || jsonb_build_object(
          'line', v_part.line_no, 'part', v_part.part_no, 'take', v_part.take));
      end loop;
    elsif v_kit.has_it and v_kit.ships_partial and p_units in ('committed', 'returnable') then
      select c.line, c.part, least(p_left, c.units) as take into v_part
      from jsonb_to_recordset(v_kit.parts) as c (line int, part int, sku_id int, units bigint)
      where c.sku_id = v_sku_id and c.units > 0
      order by c.part limit 1;
      p_left := p_left - v_part.take;
      v_parts := v_parts || (p_fields || jsonb_build_object(
        'line', v_part.line, 'part', v_part.part, 'take', v_part.take));
    elsif v_kit.has_it then
      v_whole := coalesce(v_whole, (select s.code from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.sku_id = v_kit.sold_as));
    end if;
  end loop;
  for v_part in
    select (p ->> 'line') || '/' || (p ->> 'part') as name, (p ->> 'take')::bigint as take
    from jsonb_array_elements(v_parts) as p
  loop
    p_taken := p_taken || jsonb_build_object(v_part.name,
      coalesce((p_taken ->> v_part.name)::bigint, 0) + v_part.take);
  end loop;
  return jsonb_build_object('parts', v_parts, 'taken', p_taken, 'left', p_left,
    'whole', case when p_left > 0 then v_whole end);
end $$;

-- Leaves out of what is about to ship the components of kits that are not whole yet, unless the kit
-- may leave in parts.
-- p_found jsonb: of parts_of, for the whole of what is committed. answer: the same with fewer
-- parts, or kit_not_whole when nothing else is left to ship. A reservation without kits stays.
-- locks: none.
create or replace function holdfast_engine_N.only_whole_kits(
  p_tenant_id int, p_reservation_id uuid, p_found jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_parts jsonb;
  v_kits text;
begin
  if not exists (
    select from holdfast.allocations a where a.tenant_id = p_tenant_id
      and a.reservation_id = p_reservation_id and a.sold_as is not null)
  then
    return p_found;
  end if;
  select jsonb_agg(f.part order by f.n) filter (where (f.part ->> 'take')::bigint > 0),
    string_agg(distinct f.kit, ', ') filter (where f.kit is not null)
  into v_parts, v_kits
  from (
    select p.n, p.part || jsonb_build_object('take',
      case when c.kit is null then (p.part ->> 'take')::bigint else c.take end) as part, c.kit
    from jsonb_array_elements(p_found -> 'parts') with ordinality as p (part, n)
    left join (
      select (c ->> 'line')::int as line_no, (c ->> 'part')::int as part_no, s.code as kit,
        greatest(0, (k.done + k.kits) * (c ->> 'per_kit')::bigint - (c ->> 'base')::bigint) as take
      from holdfast_engine_N.kits_in(p_tenant_id, p_reservation_id, 'committed', '{}') as k
      cross join lateral jsonb_array_elements(k.parts) as c
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = k.sold_as
      where not k.ships_partial
    ) as c on c.line_no = (p.part ->> 'line')::int and c.part_no = (p.part ->> 'part')::int
  ) as f;
  if v_parts is null and jsonb_array_length(p_found -> 'parts') > 0 then
    return holdfast_engine_N.refuse('kit_not_whole',
      format('Not all parts of %s are there, and it ships whole only.', v_kits),
      jsonb_build_object('reservation_id', p_reservation_id, 'kit', v_kits));
  end if;
  return p_found || jsonb_build_object('parts', coalesce(v_parts, '[]'));
end $$;

-- The refusal for a line that names a component of a kit that leaves and comes back whole only.
-- p_want: as resolved; p_kit text: the kit's code. answer: kit_not_whole.
-- locks: none.
create or replace function holdfast_engine_N.only_as_kit(
  p_reservation_id uuid, p_want jsonb, p_kit text
) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('kit_not_whole',
    format('%s was sold as part of %s, which goes as a whole: name the kit.',
      p_want ->> 'sku_code', p_kit),
    jsonb_build_object('reservation_id', p_reservation_id, 'kit', p_kit,
      'lines', jsonb_build_array(jsonb_build_object('line', p_want -> 'line_no',
        'sku', p_want -> 'sku_code', 'location', p_want -> 'location_code'))))
$$;
