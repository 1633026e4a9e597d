-- One page of a list by keyset: rows after the cursor, in the order of one column and the id.
-- p_request: limit, cursor, sort and the filters; p_from text: a select of this house (never of a
-- caller) with id and the sort columns, of $1 tenant and $2 request; p_sorts jsonb: column → type,
-- p_default text: the sort without one; p_row text: the function (tenant, id) that shows a row.
-- answer: {"ok", "data", "next_cursor"}, or a refusal that names the field. locks: none.
create or replace function holdfast_engine_N.page(
  p_tenant_id int, p_request jsonb, p_from text, p_sorts jsonb, p_default text, p_row text
) returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 50);
  v_sort text := coalesce(p_request ->> 'sort', p_default);
  v_column text := ltrim(v_sort, '-');
  v_after jsonb;
  v_data jsonb;
  v_last jsonb;
  v_more boolean;
begin
  if p_request ->> 'cursor' is not null then
    v_after := holdfast_engine_N.cursor_values(p_request ->> 'cursor');
    if v_after ->> 0 is distinct from v_sort or jsonb_array_length(v_after) <> 3 then
      return holdfast_engine_N.refuse('invalid_request',
        'This cursor is not one of this list in this order.', '{"field": "cursor"}');
    end if;
  end if;
  execute format(
    'with shown as ('
    '  select x.id, to_jsonb(x.%1$I) as value,'
    '  row_number() over (order by x.%1$I %3$s, x.id %3$s) as n'
    '  from (%2$s) as x'
    '  where $3 is null or (x.%1$I, x.id) %4$s (($3 ->> 1)::%5$s, ($3 ->> 2)::int)'
    '  order by x.%1$I %3$s, x.id %3$s limit $4 + 1'
    ') select coalesce(jsonb_agg(holdfast_engine_N.%6$I($1, s.id) order by s.n)'
    '    filter (where s.n <= $4), ''[]''),'
    '  (jsonb_agg(jsonb_build_array($5, s.value, s.id)) filter (where s.n = $4)) -> 0,'
    '  count(*) > $4 from shown as s',
    v_column, p_from, case when v_sort like '-%' then 'desc' else 'asc' end,
    case when v_sort like '-%' then '<' else '>' end, p_sorts ->> v_column, p_row
  ) into v_data, v_last, v_more using p_tenant_id, p_request, v_after, v_limit, v_sort;
  return jsonb_build_object('ok', true, 'data', v_data,
    'next_cursor', case when v_more then holdfast_engine_N.cursor_of(v_last) end);
end $$;

-- Checks what every list takes, and the filters of this one.
-- p_filters jsonb: rules as in check_fields; p_sorts jsonb: as in page.
-- answer: a refusal that names the field, or null.
-- locks: none.
create or replace function holdfast_engine_N.check_page(
  p_request jsonb, p_filters jsonb, p_sorts jsonb
) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.check_fields(p_request, p_filters || jsonb_build_object(
    'limit', '{"is": "integer", "least": 1, "most": 250}'::jsonb,
    'cursor', '{"is": "text", "max": 8192}'::jsonb, -- a title's 1,000 letters, escaped, in base64
    'sort', jsonb_build_object('is', 'choice', 'of', (
      select jsonb_agg(s.sort) from (
        select k as sort from jsonb_object_keys(p_sorts) as k
        union all select '-' || k from jsonb_object_keys(p_sorts) as k
      ) as s
    ))
  ))
$$;

-- An opaque cursor: base64url of the JSON of the order, the last row's value and its id.
-- p_values jsonb: [sort, value, id]. answer: text.
-- Its content is nobody's business but page's.
-- locks: none.
create or replace function holdfast_engine_N.cursor_of(p_values jsonb) returns text
language sql immutable as $$
  select translate(encode(convert_to(p_values::text, 'UTF8'), 'base64'), E'+/=\n', '-_')
$$;

-- Reads a cursor without raising.
-- p_cursor text. answer: [sort, value, id], or [] when it is none of ours.
-- A value that was tampered with may still fail to be of its column's type: see the guard below.
-- locks: none.
create or replace function holdfast_engine_N.cursor_values(p_cursor text) returns jsonb
language plpgsql immutable as $$
declare
  v_values jsonb;
begin
  v_values := convert_from(
    decode(rpad(translate(p_cursor, '-_', '+/'), (length(p_cursor) + 3) / 4 * 4, '='), 'base64'),
    'UTF8')::jsonb;
  if jsonb_typeof(v_values) = 'array' and jsonb_array_length(v_values) = 3
    and jsonb_typeof(v_values -> 1) in ('string', 'number')
    and jsonb_typeof(v_values -> 2) = 'number'
    and (v_values ->> 2) ~ '^[0-9]{1,9}$'
  then
    perform case when v_values ->> 0 like '%\_at' then (v_values ->> 1)::timestamptz end,
      case when v_values ->> 0 like '%priority' then (v_values ->> 1)::int end;
    return v_values;
  end if;
  return '[]';
exception when others then -- not base64, not UTF-8, not JSON, not a value of this column
  return '[]';
end $$;
