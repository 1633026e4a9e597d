-- Reads a UUID from JSON without raising: null when it is none.
-- p_value jsonb. answer: uuid or null.
-- A malformed id is the id of no reservation, so the verbs answer reservation_not_found.
-- locks: none.
create or replace function holdfast_engine_N.uuid_of(p_value jsonb) returns uuid
language sql immutable as $$
  select case
    when p_value #>> '{}' ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    then (p_value #>> '{}')::uuid
  end
$$;

-- Resolves the lines of requests: which SKU (through any of its codes), which location.
-- p_tenant_id int, p_requests jsonb: an array of requests with "lines".
-- rows: request and line ordinal, ids (null where a code leads nowhere), location_code null for
-- "anywhere", the factor of a pack, and what the SKU says of itself.
-- locks: none.
create or replace function holdfast_engine_N.wanted(p_tenant_id int, p_requests jsonb)
returns table (
  request_no int, line_no int, line jsonb,
  sku_code text, sku_id int, factor bigint, unit text, tracked boolean, archived boolean,
  location_code text, location_id int
)
language sql volatile as $$
  select r.ordinal::int, l.ordinal::int, l.line,
    k.code, k.sku_id, c.factor, k.unit, k.tracked and t.tracked, k.archived_at is not null,
    nullif(l.line ->> 'location', 'anywhere'), p.location_id
  from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
  cross join lateral jsonb_array_elements(
    case when jsonb_typeof(r.request -> 'lines') = 'array' then r.request -> 'lines' else '[]' end
  ) with ordinality as l (line, ordinal)
  cross join holdfast.tenants t
  left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = l.line ->> 'sku'
  left join holdfast.skus k on k.tenant_id = p_tenant_id and k.sku_id = c.sku_id
  left join holdfast.locations p on p.tenant_id = p_tenant_id
    and p.code = l.line ->> 'location' and p.archived_at is null
  where t.tenant_id = p_tenant_id
  order by r.ordinal, l.ordinal
$$;
