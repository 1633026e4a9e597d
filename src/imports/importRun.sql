-- Begins an import, or finds the one of the same file and options that began before.
-- p_request: {"import_id", "file_name", "file_sha256" (hex), "format", "options"}.
-- answer: the import as it stands.
-- locks: the import's row.
create or replace function holdfast_engine_N.start_import(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  insert into holdfast.imports (
    tenant_id, import_id, file_name, file_sha256, format, options, state, created_at
  ) values (
    p_tenant_id, (p_request ->> 'import_id')::uuid, left(p_request ->> 'file_name', 255),
    decode(p_request ->> 'file_sha256', 'hex'), p_request ->> 'format', p_request -> 'options',
    'running', holdfast.clock()
  )
  on conflict do nothing;
  return '{"ok": true}' || holdfast_engine_N.import_row(
    p_tenant_id, (p_request ->> 'import_id')::uuid);
end $$;

-- Ends an import with its report.
-- p_request: {"import_id", "report"}. answer: the import as it stands.
-- A second end leaves the first instant.
-- locks: the import's row.
create or replace function holdfast_engine_N.finish_import(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  update holdfast.imports i set
    state = 'finished', report = p_request -> 'report',
    rows_done = coalesce((p_request -> 'report' ->> 'rows')::bigint, i.rows_done),
    finished_at = coalesce(i.finished_at, holdfast.clock())
  where i.tenant_id = p_tenant_id and i.import_id = (p_request ->> 'import_id')::uuid;
  return '{"ok": true}' || holdfast_engine_N.import_row(
    p_tenant_id, (p_request ->> 'import_id')::uuid);
end $$;

-- Shows an import.
-- p_tenant_id int, p_import_id uuid. answer: the import as every call shows it, or null.
-- locks: none.
create or replace function holdfast_engine_N.import_row(p_tenant_id int, p_import_id uuid)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'import_id', i.import_id, 'file_name', i.file_name,
    'file_sha256', encode(i.file_sha256, 'hex'), 'format', i.format, 'options', i.options,
    'state', i.state, 'rows_done', i.rows_done, 'report', i.report,
    'created_at', i.created_at, 'finished_at', i.finished_at
  )
  from holdfast.imports i
  where i.tenant_id = p_tenant_id and i.import_id = p_import_id
$$;

-- Shows one import.
-- p_request: {"import_id"}. answer: the import, or import_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_import(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(
    '{"ok": true}' || holdfast_engine_N.import_row(p_tenant_id,
      holdfast_engine_N.uuid_of(p_request -> 'import_id')),
    holdfast_engine_N.refuse('import_not_found', 'No import has this id.',
      jsonb_build_object('import_id', left(p_request ->> 'import_id', 64)))
  )
$$;

-- Lists imports, the newest first.
-- p_request: "limit" (1–250), "cursor": next_cursor of the page before.
-- answer: {"ok", "data", "next_cursor"}, or invalid_request for a cursor that is none.
-- locks: none.
create or replace function holdfast_engine_N.list_imports(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := least(250, greatest(1, coalesce((p_request ->> 'limit')::int, 50)));
  v_after_at timestamptz;
  v_after_id uuid;
  v_data jsonb;
begin
  if coalesce(p_request ->> 'cursor', '') <> '' then
    select i.created_at, i.import_id into v_after_at, v_after_id from holdfast.imports i
    where i.tenant_id = p_tenant_id
      and i.import_id = holdfast_engine_N.uuid_of(p_request -> 'cursor');
    if not found then
      return holdfast_engine_N.refuse('invalid_request', 'The cursor is not one of this list.',
        '{"field": "cursor"}');
    end if;
  end if;
  select coalesce(jsonb_agg(holdfast_engine_N.import_row(p_tenant_id, page.import_id)
    order by page.created_at desc, page.import_id desc), '[]') into v_data
  from (
    select i.import_id, i.created_at from holdfast.imports i
    where i.tenant_id = p_tenant_id and (v_after_id is null
      or (i.created_at, i.import_id) < (v_after_at, v_after_id))
    order by i.created_at desc, i.import_id desc
    limit v_limit + 1
  ) as page;
  return jsonb_build_object('ok', true,
    'data', case when jsonb_array_length(v_data) > v_limit then v_data - v_limit else v_data end,
    'next_cursor', case when jsonb_array_length(v_data) > v_limit
      then v_data -> (v_limit - 1) -> 'import_id' end);
end $$;
