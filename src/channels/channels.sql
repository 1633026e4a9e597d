-- Shows a channel.
-- p_tenant_id int, p_channel_id int. answer: the channel as every verb and list shows it.
-- Its id stays inside.
-- locks: none.
create or replace function holdfast_engine_N.channel_row(p_tenant_id int, p_channel_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('code', c.code, 'name', c.name, 'kind', c.kind,
    'locations', case when c.location_ids is not null then coalesce((
      select jsonb_agg(p.code order by p.priority, p.code) from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.location_id = any (c.location_ids)), '[]') end,
    'created_at', c.created_at, 'archived_at', c.archived_at)
  from holdfast.channels c
  where c.tenant_id = p_tenant_id and c.channel_id = p_channel_id
$$;

-- Leads from a channel's code to its id.
-- p_code text. answer: the id; null where no channel has the code, or it is archived.
-- The code is read in NFC, as it was written.
-- locks: none.
create or replace function holdfast_engine_N.channel_of(p_tenant_id int, p_code text) returns int
language sql volatile as $$
  select c.channel_id::int from holdfast.channels c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_code) and c.archived_at is null
$$;

-- The refusal for a code that leads to no channel.
-- p_code text. answer: the refusal.
-- The code comes back, so that a list of calls can be matched.
-- locks: none.
create or replace function holdfast_engine_N.no_channel(p_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('unknown_channel',
    format('No channel has the code "%s".', left(p_code, 255)),
    jsonb_build_object('channel', left(p_code, 255)))
$$;

-- The rules of a channel's fields.
-- no parameters. answer: jsonb as check_fields wants it.
-- "to" is a new code.
-- locks: none.
create or replace function holdfast_engine_N.channel_fields() returns jsonb
language sql immutable as $$
  select '{
    "code": {"is": "code", "max": 100, "needed": true},
    "to": {"is": "code", "max": 100},
    "name": {"is": "text", "max": 255},
    "kind": {"is": "choice", "of": ["web", "pos", "marketplace", "wholesale"]},
    "locations": {"is": "texts", "max": 100, "most": 1000}
  }'::jsonb
$$;

-- The locations that a channel is to sell from.
-- p_request jsonb: "locations", a list of codes. answer: their ids, sorted; null for all.
-- locks: none.
create or replace function holdfast_engine_N.location_ids_of(p_tenant_id int, p_request jsonb)
returns int[]
language sql volatile as $$
  select case when p_request ->> 'locations' is not null then array(
    select p.location_id from holdfast.locations p
    where p.tenant_id = p_tenant_id
      and p.code = any (holdfast_engine_N.texts_of(p_request -> 'locations'))
    order by p.location_id) end
$$;

-- Refuses a list of locations with one that nobody has made.
-- p_request jsonb: "locations", checked. answer: unknown_location, or null.
-- locks: none.
create or replace function holdfast_engine_N.unknown_place(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.no_location(c.code)
  from unnest(holdfast_engine_N.texts_of(p_request -> 'locations')) as c (code)
  where not exists (
    select from holdfast.locations p where p.tenant_id = p_tenant_id and p.code = c.code)
  limit 1
$$;

-- Makes a channel.
-- p_request: {"code", "name" (else the code), "kind", "locations": those it sells from (left out:
-- all)}. answer: the channel, or channel_exists, unknown_location, too_large (a tenant has at most
-- 1,000), invalid_request.
-- locks: the tenant's row, under which its channels are numbered; the new row.
create or replace function holdfast_engine_N.create_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code text := normalize(p_request ->> 'code');
  v_channel_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, holdfast_engine_N.channel_fields() - 'to'),
    holdfast_engine_N.unknown_place(p_tenant_id, p_request));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  select coalesce(max(c.channel_id), 0) + 1 into v_channel_id
  from holdfast.channels c where c.tenant_id = p_tenant_id;
  if v_channel_id > 1000 then
    return holdfast_engine_N.refuse('too_large', 'A tenant has at most 1000 channels.',
      '{"field": "code", "limit": 1000}');
  end if;
  insert into holdfast.channels (
    tenant_id, channel_id, code, name, kind, created_at, location_ids
  )
  values (p_tenant_id, v_channel_id, v_code, coalesce(normalize(p_request ->> 'name'), v_code),
    coalesce(p_request ->> 'kind', 'web'), holdfast.clock(),
    holdfast_engine_N.location_ids_of(p_tenant_id, p_request))
  on conflict do nothing;
  if not found then
    return holdfast_engine_N.refuse_taken('channels_code_unique',
      jsonb_build_object('channel', v_code));
  end if;
  return holdfast_engine_N.channel_changed(p_tenant_id, v_channel_id, p_request);
end $$;

-- Shows one channel.
-- p_request: {"code"}. answer: the channel, or unknown_channel.
-- An archived channel is shown too.
-- locks: none.
create or replace function holdfast_engine_N.get_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_channel jsonb;
begin
  select holdfast_engine_N.channel_row(p_tenant_id, c.channel_id) into v_channel
  from holdfast.channels c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'code');
  return coalesce('{"ok": true}' || v_channel,
    holdfast_engine_N.no_channel(p_request ->> 'code'));
end $$;

-- Lists channels.
-- p_request: "archived" (else those that are not), "kind", "q" (in code or name), "sort" (code,
-- created_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_channels(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"code": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"archived": {"is": "boolean"},
      "kind": {"is": "text", "max": 100}, "q": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select c.channel_id::int as id, c.code, c.created_at
      from holdfast.channels c
      where c.tenant_id = $1
        and (c.archived_at is not null) = coalesce(($2 ->> 'archived')::boolean, false)
        and ($2 ->> 'kind' is null or c.kind = $2 ->> 'kind')
        and ($2 ->> 'q' is null
          or strpos(lower(c.code), lower(normalize($2 ->> 'q'))) > 0
          or strpos(lower(c.name), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'code', 'channel_row'));
end $$;

-- Changes a channel; a field that is absent stays.
-- p_request: {"code", "to" (a new code), "name", "kind", "locations" (null: all)}. answer: the
-- channel, or unknown_channel, channel_exists, unknown_location, invalid_request.
-- locks: the channel's row, then the tenant's.
create or replace function holdfast_engine_N.update_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_to text := normalize(p_request ->> 'to');
  v_channel_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, holdfast_engine_N.channel_fields()),
    holdfast_engine_N.unknown_place(p_tenant_id, p_request));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.channels c set
    code = coalesce(v_to, c.code), name = coalesce(normalize(p_request ->> 'name'), c.name),
    kind = coalesce(p_request ->> 'kind', c.kind),
    location_ids = case when p_request ? 'locations'
      then holdfast_engine_N.location_ids_of(p_tenant_id, p_request) else c.location_ids end
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'code')
  returning c.channel_id into v_channel_id;
  if not found then
    return holdfast_engine_N.no_channel(p_request ->> 'code');
  end if;
  return holdfast_engine_N.channel_changed(p_tenant_id, v_channel_id, p_request);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('channels_code_unique',
    jsonb_build_object('channel', v_to));
end $$;

-- Closes a channel: nothing is sold by it any more, and its buffers end. What was sold keeps its
-- name.
-- p_request: {"code"}. answer: the channel, or unknown_channel.
-- Rules that name it stay, and hold for nobody.
-- locks: the levels of its buffers by id, the channel's row, then the tenant's.
create or replace function holdfast_engine_N.archive_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_channel_archived(p_tenant_id, p_request, holdfast.clock())
$$;

-- Opens an archived channel again.
-- p_request: {"code"}. answer: the channel, or unknown_channel.
-- A channel that is not archived stays as it is.
-- locks: as archive_channel.
create or replace function holdfast_engine_N.unarchive_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_channel_archived(p_tenant_id, p_request, null)
$$;

-- What archive and unarchive share.
-- p_at timestamptz: null opens it again. answer: the channel, or a refusal.
-- locks: as archive_channel.
create or replace function holdfast_engine_N.set_channel_archived(
  p_tenant_id int, p_request jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_channel holdfast.channels;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"code": {"is": "code", "max": 100, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if p_at is not null then
    perform holdfast_engine_N.end_buffers(
      p_tenant_id, holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'code'), p_request);
  end if;
  select c.* into v_channel from holdfast.channels c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'code')
  for no key update;
  if not found then
    return holdfast_engine_N.no_channel(p_request ->> 'code');
  end if;
  if (v_channel.archived_at is null) = (p_at is null) then
    return '{"ok": true}' || holdfast_engine_N.channel_row(p_tenant_id, v_channel.channel_id);
  end if;
  update holdfast.channels c set archived_at = p_at
  where c.tenant_id = p_tenant_id and c.channel_id = v_channel.channel_id;
  return holdfast_engine_N.channel_changed(p_tenant_id, v_channel.channel_id, p_request);
end $$;

-- Ends a change of a channel: everybody hears of it.
-- p_request jsonb: of the verb, for its actor. answer: the channel.
-- locks: the channel's row, then the tenant's.
create or replace function holdfast_engine_N.channel_changed(
  p_tenant_id int, p_channel_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_channel jsonb := holdfast_engine_N.channel_row(p_tenant_id, p_channel_id);
begin
  perform holdfast_engine_N.policy_changed(p_tenant_id,
    jsonb_build_object('channel', v_channel -> 'code'), p_request);
  return '{"ok": true}' || v_channel;
end $$;
