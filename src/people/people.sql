-- Shows a person, never their password.
-- p_tenant_id int, p_person_id int. answer: the person as every verb and list shows them.
-- locations: codes where they may change stock; null: everywhere.
-- locks: none.
create or replace function holdfast_engine_N.person_row(p_tenant_id int, p_person_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'person_id', p.person_id, 'email', p.email, 'name', p.name, 'role', p.role,
    'locations', case when p.location_ids is not null then (
      select coalesce(jsonb_agg(l.code order by l.code), '[]') from holdfast.locations l
      where l.tenant_id = p_tenant_id and l.location_id = any (p.location_ids)) end,
    'language', p.language, 'theme', p.theme, 'joined', p.password is not null,
    'created_at', p.created_at, 'signed_in_at', p.signed_in_at, 'removed_at', p.removed_at
  )
  from holdfast.people p
  where p.tenant_id = p_tenant_id and p.person_id = p_person_id
$$;

-- The refusal for a number that is nobody's.
-- p_person_id jsonb. answer: the refusal.
-- Who was removed is nobody here.
-- locks: none.
create or replace function holdfast_engine_N.no_person(p_person_id jsonb) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('person_not_found', 'Nobody has this id.',
    jsonb_build_object('person_id', p_person_id))
$$;

-- The rules of a person's fields.
-- no parameters. answer: jsonb as check_fields wants it.
-- An empty list of locations is none at all: everywhere is null.
-- locks: none.
create or replace function holdfast_engine_N.person_fields() returns jsonb
language sql immutable as $$
  select '{
    "person_id": {"is": "integer", "least": 0, "most": 2147483647},
    "email": {"is": "code", "max": 254},
    "name": {"is": "text", "max": 255},
    "role": {"is": "choice", "of": ["viewer", "seller", "stock_keeper", "purchaser", "admin"]},
    "locations": {"is": "texts", "max": 100, "most": 1000},
    "language": {"is": "choice", "of": ["en", "zh"]},
    "theme": {"is": "choice", "of": ["system", "light", "dark"]}
  }'::jsonb
$$;

-- An address of mail as it is kept, so that it is found in whatever case it is typed.
-- p_request jsonb: "email". answer: text, or null when it looks like none.
-- locks: none.
create or replace function holdfast_engine_N.email_of(p_request jsonb) returns text
language sql immutable as $$
  select e.email
  from (select lower(normalize(trim(p_request ->> 'email'), NFKC)) as email) as e
  where e.email ~ '^[^[:space:]@]+@[^[:space:]@]+$' and length(e.email) <= 254
$$;

-- Checks what a person is to be, beside the shapes of the fields.
-- p_request jsonb; p_role text: the role that they will have. answer: a refusal that names the
-- field, or null.
-- locks: none.
create or replace function holdfast_engine_N.check_person(
  p_tenant_id int, p_request jsonb, p_role text
) returns jsonb
language plpgsql volatile as $$
declare
  v_location text;
begin
  if p_request ->> 'email' is not null and holdfast_engine_N.email_of(p_request) is null then
    return holdfast_engine_N.refuse('invalid_request', 'email must be an address of mail.',
      '{"field": "email"}');
  end if;
  if p_request ->> 'name' is not null and trim(p_request ->> 'name') = '' then
    return holdfast_engine_N.refuse('invalid_request', 'name must not be blank.',
      '{"field": "name"}');
  end if;
  if p_role = 'admin' and jsonb_typeof(p_request -> 'locations') = 'array' then
    return holdfast_engine_N.refuse('invalid_request', 'An admin is bound to no location.',
      '{"field": "locations"}');
  end if;
  select l into v_location
  from unnest(holdfast_engine_N.texts_of(p_request -> 'locations')) as l
  where not exists (
    select from holdfast.locations p where p.tenant_id = p_tenant_id and p.code = l)
  limit 1;
  if found then
    return holdfast_engine_N.refuse('unknown_location',
      format('No location has the code "%s".', left(v_location, 100)),
      jsonb_build_object('location', left(v_location, 100), 'field', 'locations'));
  end if;
  return null;
end $$;

-- The ids of the locations that a request names.
-- p_request jsonb: "locations". answer: int[], or null for everywhere.
-- A code that leads nowhere was refused before.
-- locks: none.
create or replace function holdfast_engine_N.person_locations(p_tenant_id int, p_request jsonb)
returns int[]
language sql volatile as $$
  select case when jsonb_typeof(p_request -> 'locations') = 'array' then array(
    select p.location_id from holdfast.locations p
    where p.tenant_id = p_tenant_id
      and p.code = any (holdfast_engine_N.texts_of(p_request -> 'locations'))
    order by p.location_id
  ) end
$$;

-- Asks somebody in; they can do nothing before they have chosen a password by a link.
-- p_request: {"email", "role", "name" (else the address before the @), "locations" (absent or
-- null: everywhere), "language"}. answer: the person, or person_exists, unknown_location,
-- invalid_request. locks: the new row.
create or replace function holdfast_engine_N.create_person(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_email text := holdfast_engine_N.email_of(p_request);
  v_person_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, jsonb_set(jsonb_set(
    holdfast_engine_N.person_fields() - 'person_id' - 'theme',
    '{email,needed}', 'true'), '{role,needed}', 'true'));
begin
  v_refusal := coalesce(v_refusal,
    holdfast_engine_N.check_person(p_tenant_id, p_request, p_request ->> 'role'));
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into holdfast.people (
    tenant_id, email, name, role, location_ids, language, created_at
  ) values (
    p_tenant_id, v_email,
    coalesce(normalize(p_request ->> 'name'), split_part(v_email, '@', 1)),
    p_request ->> 'role', holdfast_engine_N.person_locations(p_tenant_id, p_request),
    p_request ->> 'language', holdfast.clock()
  )
  on conflict do nothing
  returning person_id into v_person_id;
  if not found then
    return holdfast_engine_N.refuse('person_exists', 'Somebody has this address already.',
      jsonb_build_object('email', v_email));
  end if;
  return '{"ok": true}' || holdfast_engine_N.person_row(p_tenant_id, v_person_id);
end $$;

-- Shows one person.
-- p_request: {"person_id"}. answer: the person, or person_not_found.
-- Who was removed is shown: the ledger has their number.
-- locks: none.
create or replace function holdfast_engine_N.get_person(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(
    '{"ok": true}' || holdfast_engine_N.person_row(p_tenant_id, (p_request ->> 'person_id')::int),
    holdfast_engine_N.no_person(p_request -> 'person_id'))
$$;

-- Lists people.
-- p_request: "removed" (else those who are not), "role", "q" (in name or address), "sort" (name,
-- created_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_people(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"name": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"removed": {"is": "boolean"},
      "role": {"is": "text", "max": 100}, "q": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select p.person_id as id, p.name, p.created_at
      from holdfast.people p
      where p.tenant_id = $1
        and (p.removed_at is not null) = coalesce(($2 ->> 'removed')::boolean, false)
        and ($2 ->> 'role' is null or p.role = $2 ->> 'role')
        and ($2 ->> 'q' is null
          or strpos(p.email, lower(normalize($2 ->> 'q'))) > 0
          or strpos(lower(p.name), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'name', 'person_row'));
end $$;

-- Locks a person who was not removed; the tenant's row first, under which the last admin is known.
-- p_person_id int. answer: the row; its person_id is null where nobody has the number.
-- Whoever only signs in takes the person's row alone.
-- locks: the tenant's row, then the person's.
create or replace function holdfast_engine_N.lock_person(p_tenant_id int, p_person_id int)
returns holdfast.people
language plpgsql volatile as $$
declare
  v_person holdfast.people;
begin
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  select p.* into v_person from holdfast.people p
  where p.tenant_id = p_tenant_id and p.person_id = p_person_id and p.removed_at is null
  for no key update;
  return v_person;
end $$;

-- True when nobody would be left who may let others in.
-- p_person holdfast.people: whose role is to end. answer: boolean.
-- An admin who has never joined opens no door.
-- locks: none; the caller holds the tenant's row.
create or replace function holdfast_engine_N.is_last_admin(p_person holdfast.people)
returns boolean
language sql volatile as $$
  select p_person.role = 'admin' and p_person.password is not null and not exists (
    select from holdfast.people p
    where p.tenant_id = p_person.tenant_id and p.person_id <> p_person.person_id
      and p.role = 'admin' and p.password is not null and p.removed_at is null)
$$;

-- The refusal to leave a tenant without anybody who may let others in.
-- no parameters. answer: the refusal.
-- locks: none.
create or replace function holdfast_engine_N.last_admin() returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('last_admin', 'The last admin stays: make another one first.')
$$;

-- Changes a person; a field that is absent stays.
-- p_request: {"person_id", "email", "name", "role", "locations" (null: everywhere), "language",
-- "theme"}. answer: the person, or person_not_found, person_exists, last_admin, unknown_location,
-- invalid_request. locks: the tenant's row, then the person's.
create or replace function holdfast_engine_N.update_person(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_person holdfast.people;
  v_role text;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, jsonb_set(
    holdfast_engine_N.person_fields(), '{person_id,needed}', 'true'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_person := holdfast_engine_N.lock_person(p_tenant_id, (p_request ->> 'person_id')::int);
  if v_person.person_id is null then
    return holdfast_engine_N.no_person(p_request -> 'person_id');
  end if;
  v_role := coalesce(p_request ->> 'role', v_person.role);
  v_refusal := holdfast_engine_N.check_person(p_tenant_id, p_request, v_role);
  if v_refusal is not null then
    return v_refusal;
  end if;
  if v_role <> 'admin' and holdfast_engine_N.is_last_admin(v_person) then
    return holdfast_engine_N.last_admin();
  end if;
  update holdfast.people p set
    email = coalesce(holdfast_engine_N.email_of(p_request), p.email),
    name = coalesce(normalize(p_request ->> 'name'), p.name),
    role = v_role,
    location_ids = case
      when v_role = 'admin' then null
      when p_request ? 'locations'
        then holdfast_engine_N.person_locations(p_tenant_id, p_request)
      else p.location_ids end,
    language = coalesce(p_request ->> 'language', p.language),
    theme = coalesce(p_request ->> 'theme', p.theme)
  where p.tenant_id = p_tenant_id and p.person_id = v_person.person_id;
  return '{"ok": true}' || holdfast_engine_N.person_row(p_tenant_id, v_person.person_id);
exception when unique_violation then
  return holdfast_engine_N.refuse('person_exists', 'Somebody has this address already.',
    jsonb_build_object('email', p_request -> 'email'));
end $$;

-- Shows somebody out, at once: their sessions and links end. What they did keeps their number.
-- p_request: {"person_id"}. answer: the person, or person_not_found, last_admin.
-- The address is free again.
-- locks: the tenant's row, then the person's, then their sessions' and links'.
create or replace function holdfast_engine_N.remove_person(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_person holdfast.people;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{"person_id":
    {"is": "integer", "least": 0, "most": 2147483647, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_person := holdfast_engine_N.lock_person(p_tenant_id, (p_request ->> 'person_id')::int);
  if v_person.person_id is null then
    return holdfast_engine_N.no_person(p_request -> 'person_id');
  end if;
  if holdfast_engine_N.is_last_admin(v_person) then
    return holdfast_engine_N.last_admin();
  end if;
  update holdfast.people p set removed_at = holdfast.clock(), password = null
  where p.tenant_id = p_tenant_id and p.person_id = v_person.person_id;
  perform holdfast_engine_N.end_sessions(p_tenant_id, v_person.person_id, null);
  perform holdfast_engine_N.end_links(p_tenant_id, v_person.person_id);
  return '{"ok": true}' || holdfast_engine_N.person_row(p_tenant_id, v_person.person_id);
end $$;

-- Says who has done what, by the numbers in the ledger.
-- p_request: {"actors": numbers, at most 250}. answer: {"ok", "data": [{"actor_id", "kind" (key or
-- person), "name"}]}; a number that is nobody's is left out.
-- locks: none.
create or replace function holdfast_engine_N.name_actors(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('ok', true, 'data', coalesce(jsonb_agg(
    jsonb_build_object('actor_id', a.actor_id, 'kind', a.kind, 'name', a.name)
    order by a.actor_id), '[]'))
  from (
    select k.key_id as actor_id, 'key' as kind, k.name from holdfast.api_keys k
    where k.tenant_id = p_tenant_id
    union all
    select p.person_id, 'person', p.name from holdfast.people p
    where p.tenant_id = p_tenant_id
  ) as a
  where a.actor_id = any (
    select e::numeric::int from jsonb_array_elements_text(p_request -> 'actors') as e)
$$;

-- How somebody likes the pages: their own affair, and in no log.
-- p_request: {"person_id", "language", "theme"}; a field that is absent stays. answer: the person,
-- or person_not_found, invalid_request.
-- locks: the person's row.
create or replace function holdfast_engine_N.set_preferences(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    holdfast_engine_N.person_fields() - 'email' - 'name' - 'role' - 'locations');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.people p set
    language = coalesce(p_request ->> 'language', p.language),
    theme = coalesce(p_request ->> 'theme', p.theme)
  where p.tenant_id = p_tenant_id and p.person_id = (p_request ->> 'person_id')::int
    and p.removed_at is null;
  if not found then
    return holdfast_engine_N.no_person(p_request -> 'person_id');
  end if;
  return '{"ok": true}'
    || holdfast_engine_N.person_row(p_tenant_id, (p_request ->> 'person_id')::int);
end $$;
