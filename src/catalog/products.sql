-- Shows a product.
-- p_tenant_id int, p_product_id int. answer: the product as every verb and list shows it.
-- variant_count counts those that are not archived.
-- locks: none.
create or replace function holdfast_engine_N.product_row(p_tenant_id int, p_product_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'handle', p.handle, 'title', p.title, 'vendor', p.vendor, 'product_type', p.product_type,
    'option_names', to_jsonb(p.option_names),
    'variant_count', (
      select count(*) from holdfast.variants v
      where v.tenant_id = p_tenant_id and v.product_id = p_product_id and v.archived_at is null
    ),
    'source', p.source, 'created_at', p.created_at, 'archived_at', p.archived_at
  )
  from holdfast.products p
  where p.tenant_id = p_tenant_id and p.product_id = p_product_id
$$;

-- The rules of a product's fields, for create and update alike.
-- no parameters. answer: jsonb as check_fields wants it.
-- At most 100 options; a handle is a code.
-- locks: none.
create or replace function holdfast_engine_N.product_fields() returns jsonb
language sql immutable as $$
  select '{
    "handle": {"is": "code", "max": 255, "needed": true},
    "title": {"is": "text", "max": 1000},
    "vendor": {"is": "text", "max": 255},
    "product_type": {"is": "text", "max": 255},
    "option_names": {"is": "texts", "max": 255, "most": 100},
    "source": {"is": "object"}
  }'::jsonb
$$;

-- The refusal for a handle that leads to no product.
-- p_handle text. answer: the refusal.
-- The handle comes back, so that a list of calls can be matched.
-- locks: none.
create or replace function holdfast_engine_N.no_product(p_handle text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('product_not_found',
    format('No product has the handle "%s".', left(p_handle, 255)),
    jsonb_build_object('product', left(p_handle, 255)))
$$;

-- Makes a product, without variants.
-- p_request: {"handle", "title", "vendor", "product_type", "option_names", "source"}.
-- answer: the product, or product_exists, invalid_request, too_large.
-- locks: the new row.
create or replace function holdfast_engine_N.create_product(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_handle text := normalize(p_request ->> 'handle');
  v_options text[] := holdfast_engine_N.texts_of(p_request -> 'option_names');
  v_product_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, jsonb_set(
      holdfast_engine_N.product_fields(), '{title,needed}', 'true')),
    holdfast_engine_N.check_option_names(v_options));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into holdfast.products (
    tenant_id, handle, title, vendor, product_type, option_names, source, created_at
  ) values (
    p_tenant_id, v_handle, normalize(p_request ->> 'title'), p_request ->> 'vendor',
    p_request ->> 'product_type', v_options, nullif(p_request -> 'source', 'null'),
    holdfast.clock()
  )
  on conflict do nothing returning product_id into v_product_id;
  if v_product_id is null then
    return holdfast_engine_N.refuse_taken('products_handle_unique',
      jsonb_build_object('product', v_handle));
  end if;
  return '{"ok": true}' || holdfast_engine_N.product_row(p_tenant_id, v_product_id);
end $$;

-- Option names differ from each other.
-- p_names text[]. answer: the refusal, or null.
-- Kept apart, since create, update and the bulk load ask it.
-- locks: none.
create or replace function holdfast_engine_N.check_option_names(p_names text[]) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('invalid_request', 'option_names has a name twice.',
    '{"field": "option_names"}')
  where (select count(distinct n) from unnest(p_names) as n) < cardinality(p_names)
$$;

-- Shows one product.
-- p_request: {"handle"}. answer: the product, or product_not_found.
-- An archived product is shown too.
-- locks: none.
create or replace function holdfast_engine_N.get_product(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_product jsonb;
begin
  select holdfast_engine_N.product_row(p_tenant_id, p.product_id) into v_product
  from holdfast.products p
  where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'handle');
  return coalesce('{"ok": true}' || v_product,
    holdfast_engine_N.no_product(p_request ->> 'handle'));
end $$;

-- Lists products.
-- p_request: "archived" (else those that are not), "q" (in handle or title), "vendor",
-- "product_type", "sort" (handle, title, created_at; - turns it around), "limit", "cursor".
-- answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_products(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"handle": "text", "title": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"archived": {"is": "boolean"},
      "q": {"is": "text", "max": 255}, "vendor": {"is": "text", "max": 255},
      "product_type": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select p.product_id as id, p.handle, p.title, p.created_at
      from holdfast.products p
      where p.tenant_id = $1
        and (p.archived_at is not null) = coalesce(($2 ->> 'archived')::boolean, false)
        and ($2 ->> 'vendor' is null or p.vendor = $2 ->> 'vendor')
        and ($2 ->> 'product_type' is null or p.product_type = $2 ->> 'product_type')
        and ($2 ->> 'q' is null
          or strpos(lower(p.handle), lower(normalize($2 ->> 'q'))) > 0
          or strpos(lower(p.title), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'handle', 'product_row'));
end $$;

-- Changes a product; a field that is absent stays.
-- p_request: {"handle", "to" (a new handle), "title", "vendor", "product_type", "option_names",
-- "source"}. answer: the product, or product_not_found, product_exists, invalid_request, too_large.
-- locks: the product's row.
create or replace function holdfast_engine_N.update_product(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_product holdfast.products;
  v_options text[] := holdfast_engine_N.texts_of(p_request -> 'option_names');
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, holdfast_engine_N.product_fields()
      || '{"to": {"is": "code", "max": 255}}'),
    holdfast_engine_N.check_option_names(v_options));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select p.* into v_product from holdfast.products p
  where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'handle')
  for no key update;
  if not found then
    return holdfast_engine_N.no_product(p_request ->> 'handle');
  end if;
  if jsonb_typeof(p_request -> 'option_names') = 'array' and exists (
    select from holdfast.variants v
    where v.tenant_id = p_tenant_id and v.product_id = v_product.product_id
      and cardinality(v.option_values) <> cardinality(v_options))
  then
    return holdfast_engine_N.refuse('invalid_request',
      'option_names must be as many as the variants of this product have values.',
      '{"field": "option_names"}');
  end if;
  update holdfast.products p set
    handle = coalesce(normalize(p_request ->> 'to'), p.handle),
    title = coalesce(normalize(p_request ->> 'title'), p.title),
    vendor = case when p_request ? 'vendor' then p_request ->> 'vendor' else p.vendor end,
    product_type = case when p_request ? 'product_type' then p_request ->> 'product_type'
      else p.product_type end,
    option_names = case when jsonb_typeof(p_request -> 'option_names') = 'array' then v_options
      else p.option_names end,
    source = case when p_request ? 'source' then nullif(p_request -> 'source', 'null')
      else p.source end
  where p.tenant_id = p_tenant_id and p.product_id = v_product.product_id;
  return '{"ok": true}' || holdfast_engine_N.product_row(p_tenant_id, v_product.product_id);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('products_handle_unique',
    jsonb_build_object('product', p_request ->> 'to'));
end $$;

-- Takes a product out of the shop window. Its variants and SKUs stay as they are: stock and orders
-- still refer to them.
-- p_request: {"handle"}. answer: the product, or product_not_found.
-- locks: the product's row.
create or replace function holdfast_engine_N.archive_product(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_product_archived(p_tenant_id, p_request, holdfast.clock())
$$;

-- Puts an archived product back.
-- p_request: {"handle"}. answer: the product, or product_not_found.
-- A product that is not archived stays as it is.
-- locks: the product's row.
create or replace function holdfast_engine_N.unarchive_product(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_product_archived(p_tenant_id, p_request, null)
$$;

-- What archive and unarchive share.
-- p_at timestamptz: null puts it back. answer: the product, or a refusal.
-- The first archiving's instant stays.
-- locks: the product's row.
create or replace function holdfast_engine_N.set_product_archived(
  p_tenant_id int, p_request jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_product_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"handle": {"is": "code", "max": 255, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.products p
  set archived_at = case when p_at is not null then coalesce(p.archived_at, p_at) end
  where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'handle')
  returning p.product_id into v_product_id;
  return coalesce('{"ok": true}' || holdfast_engine_N.product_row(p_tenant_id, v_product_id),
    holdfast_engine_N.no_product(p_request ->> 'handle'));
end $$;
