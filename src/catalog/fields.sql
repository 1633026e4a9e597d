-- Checks the fields of a request against a table of rules, before anything is decided.
-- p_request jsonb; p_fields jsonb: name → {"is": code | text | boolean | integer | choice | texts |
-- list | object | day | instant, "needed", "max" (letters), "least", "most" (number, or entries),
-- "of" (choices)}.
-- answer: a refusal (invalid_request, too_large) that names the field, or null. locks: none.
create or replace function holdfast_engine_N.check_fields(p_request jsonb, p_fields jsonb)
returns jsonb
language plpgsql immutable as $$
declare
  v_field text;
  v_rule jsonb;
  v_value jsonb;
  v_fault text;
begin
  if jsonb_typeof(p_request) is distinct from 'object' then
    return holdfast_engine_N.refuse('invalid_request', 'The request must be an object.');
  end if;
  select k into v_field
  from jsonb_object_keys(p_request - array['key', 'fingerprint', 'actor_id']) as k
  where not p_fields ? k
  order by k limit 1;
  if found then
    return holdfast_engine_N.refuse('invalid_request', 'There is no such field here.',
      jsonb_build_object('field', left(v_field, 100)));
  end if;
  for v_field, v_rule in select f.key, f.value from jsonb_each(p_fields) as f loop
    v_value := coalesce(p_request -> v_field, 'null');
    v_fault := case
      when v_value <> 'null' then holdfast_engine_N.field_fault(v_value, v_rule)
      when v_rule -> 'needed' = 'true' then 'is missing'
    end;
    if v_fault is not null then
      return holdfast_engine_N.refuse(
        case when v_fault like 'has more than%' then 'too_large' else 'invalid_request' end,
        format('%s %s.', v_field, v_fault),
        jsonb_build_object('field', v_field)
          || jsonb_strip_nulls(
            jsonb_build_object('limit', v_rule -> 'max', 'most', v_rule -> 'most'))
      );
    end if;
  end loop;
  return null;
end $$;

-- What is wrong with one value, as the rest of a sentence about its field.
-- p_value jsonb, not null; p_rule jsonb: as in check_fields. answer: text, or null if all is well.
-- A code has no control characters and is not only blanks; it is measured in NFC.
-- locks: none.
create or replace function holdfast_engine_N.field_fault(p_value jsonb, p_rule jsonb) returns text
language plpgsql immutable as $$
declare
  v_is text := p_rule ->> 'is';
  v_type text := jsonb_typeof(p_value);
  v_text text := p_value #>> '{}';
  v_blanks text :=
    '^[ \t\n\r\u0085\u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u3000\ufeff]*$';
begin
  if v_is in ('code', 'text', 'choice') then
    if v_type <> 'string' then
      return 'must be a text';
    end if;
    if v_is = 'choice' then
      return case when not p_rule -> 'of' ? v_text then
        'must be one of '
          || array_to_string(array(select jsonb_array_elements_text(p_rule -> 'of')), ', ') end;
    end if;
    return case
      when length(normalize(v_text)) > (p_rule ->> 'max')::int
        then format('has more than %s letters', p_rule ->> 'max')
      when v_is = 'code' and v_text ~ '[\u0001-\u001f\u007f-\u009f]'
        then 'must have no control characters'
      when (v_is = 'code' or p_rule -> 'needed' = 'true') and v_text ~ v_blanks
        then 'must not be blank'
    end;
  end if;
  if v_is = 'integer' then
    return case when v_type <> 'number' or (v_text::numeric <> trunc(v_text::numeric))
      or v_text::numeric not between (p_rule ->> 'least')::numeric and (p_rule ->> 'most')::numeric
    then format('must be a whole number from %s to %s', p_rule ->> 'least', p_rule ->> 'most') end;
  end if;
  if v_is = 'day' then
    return case when holdfast_engine_N.day_of(p_value) is null
      then 'must be a day, like 2027-03-01' end;
  end if;
  if v_is = 'instant' then
    return case when holdfast_engine_N.instant(p_value) is null
      then 'must be an instant with an offset, like 2027-03-01T09:00:00Z' end;
  end if;
  if v_is = 'boolean' or v_is = 'object' then
    return case when v_type <> v_is then format('must be a %s', v_is) end;
  end if;
  -- texts, list
  if v_type <> 'array' then
    return 'must be a list';
  end if;
  if jsonb_array_length(p_value) > (p_rule ->> 'most')::int then
    return format('has more than %s entries', p_rule ->> 'most');
  end if;
  if v_is = 'texts' then
    return (
      select 'has an entry that ' || e.fault
      from (
        select holdfast_engine_N.field_fault(e, p_rule || '{"is": "code"}') as fault
        from jsonb_array_elements(p_value) as e
      ) as e
      where e.fault is not null limit 1
    );
  end if;
  return null;
end $$;

-- A list of texts as an array, in NFC.
-- p_value jsonb: an array of strings, or null. answer: text[] (empty for null).
-- Whoever calls has checked the field before.
-- locks: none.
create or replace function holdfast_engine_N.texts_of(p_value jsonb) returns text[]
language sql immutable as $$
  select case when jsonb_typeof(p_value) = 'array'
    then array(
      select normalize(t) from jsonb_array_elements_text(p_value) with ordinality as e (t, n)
      order by n)
    else '{}' end
$$;

-- The refusal for a row that another call has put there first.
-- p_constraint text: of the unique violation (Citus adds the shard's number); p_facts jsonb.
-- answer: the refusal, or null for any other constraint, which is a bug.
-- locks: none.
create or replace function holdfast_engine_N.refuse_taken(p_constraint text, p_facts jsonb)
returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse(t.code, t.message, p_facts)
  from (values
    ('products_handle_unique', 'product_exists', 'A product with this handle exists already.'),
    ('variants_options_unique', 'variant_exists',
      'The product has a variant with these options already.'),
    ('skus_code_unique', 'sku_exists', 'A SKU with this code exists already.'),
    ('sku_codes_pkey', 'code_in_use', 'This code leads to another SKU already.'),
    ('barcodes_pkey', 'code_in_use', 'This barcode leads to another SKU already.'),
    ('locations_code_unique', 'location_exists', 'A location with this code exists already.'),
    ('tenants_code_unique', 'tenant_exists', 'A tenant with this code exists already.'),
    ('calendars_code_unique', 'calendar_exists', 'A calendar with this code exists already.'),
    ('channels_code_unique', 'channel_exists', 'A channel with this code exists already.')
  ) as t (name, code, message)
  where p_constraint like t.name || '%'
$$;

-- Tells every process that a code or a switch means something else now.
-- p_tenant_id int. answer: nothing.
-- Last statement of a verb: two verbs meet at this row only when each has all else it needs.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.raise_catalog_version(p_tenant_id int) returns void
language sql volatile as $$
  update holdfast.tenants set catalog_version = catalog_version + 1 where tenant_id = p_tenant_id
$$;
