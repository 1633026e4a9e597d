-- Opens a page: reads limit, cursor and sort of a list's request.
-- p_request jsonb; p_sorts text[]: the orders that the list knows, the first is the default;
-- p_types text[]: of the sort values that a cursor keeps.
-- answer: {"limit", "after": values of the last row or null, "sort", "descending"}, or
-- invalid_request with the field. locks: none.
create or replace function holdfast_engine_N.open_page(
  p_request jsonb, p_sorts text[], p_types text[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_limit bigint := 50;
  v_after jsonb;
  v_sort text := coalesce(p_request ->> 'sort', p_sorts[1]);
begin
  if coalesce(jsonb_typeof(p_request -> 'limit'), 'null') <> 'null' then
    v_limit := holdfast_engine_N.quantity(p_request -> 'limit');
    if v_limit is null or v_limit > 250 then
      return holdfast_engine_N.refuse('invalid_request',
        'limit must be a whole number from 1 to 250.', '{"field": "limit"}');
    end if;
  end if;
  if not v_sort = any (p_sorts) then
    return holdfast_engine_N.refuse('invalid_request',
      'sort must be one of ' || array_to_string(p_sorts, ', ') || '.', '{"field": "sort"}');
  end if;
  if coalesce(jsonb_typeof(p_request -> 'cursor'), 'null') <> 'null' then
    begin
      v_after := convert_from(decode(rpad(translate(p_request ->> 'cursor', '-_', '+/'),
        (length(p_request ->> 'cursor') + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb;
      for i in 1..cardinality(p_types) loop
        execute format('select $1::%s', p_types[i]) using v_after ->> i;
      end loop;
    exception when others then
      v_after := null; -- no text that a page of ours has handed out
    end;
    if jsonb_typeof(v_after) is distinct from 'array' or v_after ->> 0 is distinct from v_sort
      or jsonb_array_length(v_after) <> cardinality(p_types) + 1
      or v_after @> '[null]'
    then
      return holdfast_engine_N.refuse('invalid_request',
        'cursor must be the next_cursor of a page of this list, in the same order.',
        '{"field": "cursor"}');
    end if;
  end if;
  return jsonb_build_object('limit', v_limit, 'after', v_after - 0, 'sort', v_sort,
    'descending', starts_with(v_sort, '-'));
end $$;

-- Closes a page: cuts the row too many that tells of a next page, and makes the cursor.
-- p_rows jsonb: at most limit + 1 rows, each {"row": what is answered, "at": its sort values};
-- p_page: from open_page. answer: {"ok", "data": […], "next_cursor"}.
-- locks: none.
create or replace function holdfast_engine_N.close_page(p_rows jsonb, p_page jsonb) returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'ok', true,
    'data', coalesce((
      select jsonb_agg(r -> 'row' order by n)
      from jsonb_array_elements(p_rows) with ordinality as t (r, n)
      where n <= (p_page ->> 'limit')::int
    ), '[]'),
    'next_cursor', case when jsonb_array_length(p_rows) > (p_page ->> 'limit')::int then
      translate(encode(convert_to((jsonb_build_array(p_page ->> 'sort')
        || (p_rows -> ((p_page ->> 'limit')::int - 1) -> 'at'))::text, 'UTF8'), 'base64'),
        E'+/=\n', '-_')
      end
  )
$$;

-- Resolves the SKU and the location that a read names.
-- p_request: "sku", "location", each optional. answer: {"sku_id", "location_id"} as far as named,
-- or a refusal unknown_sku, unknown_location or invalid_request.
-- locks: none.
create or replace function holdfast_engine_N.place_of(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_field text;
  v_sku_id int;
  v_location_id int;
begin
  foreach v_field in array array['sku', 'location'] loop
    if coalesce(jsonb_typeof(p_request -> v_field), 'null') not in ('null', 'string') then
      return holdfast_engine_N.refuse('invalid_request', v_field || ' must be a text.',
        jsonb_build_object('field', v_field));
    end if;
  end loop;
  select c.sku_id into v_sku_id from holdfast.sku_codes c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'sku');
  if p_request ->> 'sku' is not null and v_sku_id is null then
    return holdfast_engine_N.refuse('unknown_sku', format('No SKU has the code "%s".',
      left(p_request ->> 'sku', 255)), jsonb_build_object('sku', left(p_request ->> 'sku', 255)));
  end if;
  select p.location_id into v_location_id from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.code = normalize(p_request ->> 'location');
  if p_request ->> 'location' is not null and v_location_id is null then
    return holdfast_engine_N.refuse('unknown_location', format('No location has the code "%s".',
      left(p_request ->> 'location', 255)),
      jsonb_build_object('location', left(p_request ->> 'location', 255)));
  end if;
  return jsonb_strip_nulls(jsonb_build_object('sku_id', v_sku_id, 'location_id', v_location_id));
end $$;

-- Reads an instant from a request: RFC 3339 with a zone.
-- p_request jsonb, p_field text; "from", "to" and "at" of the ledger's reads. answer:
-- {"at": instant or null}, or a refusal invalid_request that names the field.
-- locks: none.
create or replace function holdfast_engine_N.instant_of(p_request jsonb, p_field text)
returns jsonb
language plpgsql volatile as $$
begin
  if coalesce(jsonb_typeof(p_request -> p_field), 'null') = 'null' then
    return '{"at": null}';
  end if;
  if jsonb_typeof(p_request -> p_field) = 'string' and p_request ->> p_field
    ~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?'
      '(Z|[+-][0-9]{2}:[0-9]{2})$')
  then
    begin
      return jsonb_build_object('at', (p_request ->> p_field)::timestamptz);
    exception when others then
      null; -- a date that the calendar does not have
    end;
  end if;
  return holdfast_engine_N.refuse('invalid_request',
    p_field || ' must be an instant such as 2026-11-24T08:00:00Z.',
    jsonb_build_object('field', p_field));
end $$;
