-- Checks the lines of a request before anything is decided.
-- p_request jsonb with "lines"; p_selling: an archived SKU may not be sold any more.
-- answer: a refusal (invalid_request, too_large, unknown_sku, unknown_location, invalid_quantity)
-- that names the line, or null. locks: none.
create or replace function holdfast_engine_N.check_lines(
  p_tenant_id int, p_request jsonb, p_selling boolean, p_lines_max int default 500
) returns jsonb
language plpgsql volatile as $$
declare
  v_want record;
  v_fact jsonb;
begin
  if jsonb_typeof(p_request -> 'lines') is distinct from 'array'
    or jsonb_array_length(p_request -> 'lines') = 0
  then
    return holdfast_engine_N.refuse('invalid_request', 'lines must be a list of at least one line.',
      '{"field": "lines"}');
  end if;
  if jsonb_array_length(p_request -> 'lines') > p_lines_max then
    return holdfast_engine_N.refuse('too_large', format('At most %s lines.', p_lines_max),
      jsonb_build_object('field', 'lines', 'limit', p_lines_max));
  end if;
  for v_want in
    select * from holdfast_engine_N.resolved(p_request)
  loop
    v_fact := jsonb_build_object('field', 'lines.' || (v_want.line_no - 1), 'lines',
      jsonb_build_array(jsonb_build_object('line', v_want.line_no,
        'sku', left(v_want.line ->> 'sku', 255), 'location', left(v_want.line ->> 'location', 255),
        'quantity', v_want.line -> 'quantity')));
    if jsonb_typeof(v_want.line) <> 'object'
      or jsonb_typeof(v_want.line -> 'sku') is distinct from 'string'
      or coalesce(jsonb_typeof(v_want.line -> 'location'), 'null') not in ('null', 'string')
    then
      return holdfast_engine_N.refuse('invalid_request',
        format('Line %s needs a sku, and a location only as text.', v_want.line_no), v_fact);
    end if;
    if p_selling and coalesce(v_want.line ->> 'backorder', 'mixed')
      not in ('none', 'mixed', 'whole')
    then
      return holdfast_engine_N.refuse('invalid_request',
        'backorder must be none, mixed or whole.', v_fact);
    end if;
    if v_want.sku_id is null or (p_selling and v_want.archived) then
      return holdfast_engine_N.refuse('unknown_sku', format('No SKU has the code "%s"%s.',
        left(v_want.line ->> 'sku', 255), case when v_want.archived then ' (archived)' else '' end),
        v_fact);
    end if;
    if v_want.location_code is not null and v_want.location_id is null then
      return holdfast_engine_N.refuse('unknown_location', format('No location has the code "%s".',
        left(v_want.location_code, 255)), v_fact);
    end if;
    if holdfast_engine_N.quantity(v_want.line -> 'quantity') is null
      or coalesce(v_want.line ->> 'unit', v_want.unit) <> v_want.unit
      or holdfast_engine_N.quantity(v_want.line -> 'quantity') * v_want.factor * coalesce((
        select max((c ->> 'per_kit')::numeric) from jsonb_array_elements(v_want.kit) as c), 1)
        > 1000000000000
    then
      return holdfast_engine_N.refuse('invalid_quantity',
        format('Line %s: the quantity must be a whole number from 1 to 10^12, in "%s".',
          v_want.line_no, v_want.unit), v_fact || jsonb_build_object('unit', v_want.unit));
    end if;
  end loop;
  return null;
end $$;

-- What a line that cannot be served tells the shopper: why, how much, when, where else.
-- p_level_ids int[]: the levels that were asked; p_available bigint: what they could give;
-- p_request: of the sale, for its channel and tier.
-- answer: one element of the refusal's "lines"; other_locations at most 20.
-- locks: none; other locations are read as they are at this moment.
create or replace function holdfast_engine_N.short_line(
  p_tenant_id int, p_line_no int, p_sku_id int, p_location_id int, p_level_ids int[],
  p_asked bigint, p_available bigint, p_now timestamptz, p_request jsonb default '{}'
) returns jsonb
language plpgsql volatile as $$
declare
  v_channel_id int := (p_request ->> 'channel_id')::int;
  v_places int[] := holdfast_engine_N.places_of_channel(p_tenant_id, v_channel_id);
begin
  return jsonb_build_object(
    'line', p_line_no,
    'sku', (select s.code from holdfast.skus s
      where s.tenant_id = p_tenant_id and s.sku_id = p_sku_id),
    'location', (select p.code from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.location_id = p_location_id),
    'asked', p_asked,
    'available', greatest(0, p_available),
    'next_expires_at', holdfast_engine_N.next_expiry(p_tenant_id, p_level_ids, p_now),
    'other_locations', coalesce((
      select jsonb_agg(jsonb_build_object('location', o.code, 'available', o.units)
        order by o.priority, o.code)
      from (
        select p.code, p.priority, f.units
        from holdfast.levels l
        join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
        cross join lateral (select holdfast_engine_N.sellable_at(
          p_tenant_id, l.level_id, v_channel_id) as units offset 0) as f
        where l.tenant_id = p_tenant_id and l.sku_id = p_sku_id and p.archived_at is null
          and l.location_id is distinct from p_location_id
          and (v_places is null or l.location_id = any (v_places)) and f.units > 0
        order by p.priority, p.code limit 20
      ) as o
    ), '[]'),
    'version', (select max(l.version) from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.level_id = any (p_level_ids))
  ) || jsonb_strip_nulls(jsonb_build_object('supply', holdfast_engine_N.next_supply(
    p_tenant_id, p_level_ids), 'backorder', holdfast_engine_N.backorder_help(
    p_tenant_id, p_level_ids, v_channel_id, normalize(p_request ->> 'tier'),
    p_now)));
end $$;
