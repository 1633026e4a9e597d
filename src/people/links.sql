-- Makes a link by which somebody chooses a password, once; the links before it end.
-- p_request: {"person_id" (absent: the first owner's link), "secret_sha256" (hex)}. answer:
-- {"expires_at"}, or person_not_found, owner_exists. A link lives for three days.
-- locks: the tenant's row, then the person's, then their links'.
create or replace function holdfast_engine_N.create_link(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_person_id int := (p_request ->> 'person_id')::int;
  v_expires_at timestamptz := holdfast.clock() + interval '3 days';
begin
  if v_person_id is not null then
    if (holdfast_engine_N.lock_person(p_tenant_id, v_person_id)).person_id is null then
      return holdfast_engine_N.no_person(p_request -> 'person_id');
    end if;
    perform holdfast_engine_N.end_links(p_tenant_id, v_person_id);
  elsif holdfast_engine_N.has_admin(p_tenant_id) then
    return holdfast_engine_N.refuse('owner_exists', 'This tenant has its owner already.');
  end if;
  insert into holdfast.person_links (
    tenant_id, person_id, secret_sha256, created_at, expires_at
  ) values (
    p_tenant_id, v_person_id, decode(p_request ->> 'secret_sha256', 'hex'), holdfast.clock(),
    v_expires_at
  );
  return jsonb_build_object('ok', true, 'expires_at', v_expires_at);
end $$;

-- True when somebody can let others in.
-- p_tenant_id int. answer: boolean.
-- Decided under the tenant's row where it matters.
-- locks: none.
create or replace function holdfast_engine_N.has_admin(p_tenant_id int) returns boolean
language sql volatile as $$
  select exists (
    select from holdfast.people p
    where p.tenant_id = p_tenant_id and p.role = 'admin' and p.password is not null
      and p.removed_at is null)
$$;

-- Ends the links of somebody, or the first owner's.
-- p_person_id int: null for the owner's. answer: nothing.
-- A link that was used keeps the instant.
-- locks: the links' rows.
create or replace function holdfast_engine_N.end_links(p_tenant_id int, p_person_id int)
returns void
language sql volatile as $$
  update holdfast.person_links l set used_at = holdfast.clock()
  where l.tenant_id = p_tenant_id and l.person_id is not distinct from p_person_id
    and l.used_at is null
$$;

-- Finds a link that still opens.
-- p_request: {"secret_sha256" (hex)}. answer: the row; its link_id is null where there is none.
-- The first owner's link opens while there is no admin.
-- locks: none.
create or replace function holdfast_engine_N.open_link(p_tenant_id int, p_request jsonb)
returns holdfast.person_links
language sql volatile as $$
  select l.* from holdfast.person_links l
  where l.tenant_id = p_tenant_id
    and l.secret_sha256 = decode(p_request ->> 'secret_sha256', 'hex')
    and l.used_at is null and l.expires_at > holdfast.clock()
    and (l.person_id is not null or not holdfast_engine_N.has_admin(p_tenant_id))
$$;

-- The refusal for a link that opens nothing.
-- no parameters. answer: the refusal.
-- It does not tell which of the reasons it was.
-- locks: none.
create or replace function holdfast_engine_N.no_link() returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('link_not_found',
    'This link was used, or replaced by a newer one, or is too old.')
$$;

-- Says whom a link is for, before anything is chosen.
-- p_request: {"secret_sha256"}. answer: {"tenant", "name" (the tenant's), "email" (null: the first
-- owner gives theirs), "person" (their name), "expires_at"}, or link_not_found. locks: none.
create or replace function holdfast_engine_N.look_at_link(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_link holdfast.person_links := holdfast_engine_N.open_link(p_tenant_id, p_request);
begin
  if v_link.link_id is null then
    return holdfast_engine_N.no_link();
  end if;
  return (
    select jsonb_build_object('ok', true, 'tenant', t.code, 'name', t.name, 'email', p.email,
      'person', p.name, 'language', p.language, 'expires_at', v_link.expires_at)
    from holdfast.tenants t
    left join holdfast.people p on p.tenant_id = t.tenant_id and p.person_id = v_link.person_id
    where t.tenant_id = p_tenant_id
  );
end $$;

-- Uses a link: a password is set, all sessions of the person end, and one begins.
-- p_request: {"secret_sha256", "password" (scrypt), "email", "name" (both the owner's alone; a name
-- may be changed), "session_sha256", "address", "agent"}. answer: the session as begin_session
-- gives it, or link_not_found, person_exists, invalid_request.
-- locks: the tenant's row (two who use one link come in turn), the link's, the person's.
create or replace function holdfast_engine_N.join_by_link(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_link holdfast.person_links;
  v_made jsonb;
  v_person_id int;
  v_session jsonb;
begin
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  v_link := holdfast_engine_N.open_link(p_tenant_id, p_request);
  if v_link.link_id is null then
    return holdfast_engine_N.no_link();
  end if;
  v_person_id := v_link.person_id;
  if v_person_id is null then
    v_made := holdfast_engine_N.create_person(p_tenant_id, jsonb_strip_nulls(jsonb_build_object(
      'email', p_request -> 'email', 'name', p_request -> 'name', 'role', 'admin')));
    if holdfast_engine_N.is_refusal(v_made) then
      return v_made;
    end if;
    v_person_id := (v_made ->> 'person_id')::int;
  end if;
  update holdfast.people p set
    password = p_request ->> 'password',
    name = coalesce(nullif(trim(normalize(p_request ->> 'name')), ''), p.name)
  where p.tenant_id = p_tenant_id and p.person_id = v_person_id and p.removed_at is null;
  if not found then
    return holdfast_engine_N.no_link();
  end if;
  perform holdfast_engine_N.end_links(p_tenant_id, v_link.person_id);
  perform holdfast_engine_N.end_sessions(p_tenant_id, v_person_id, null);
  v_session := holdfast_engine_N.begin_session(p_tenant_id, v_person_id, p_request);
  perform holdfast_engine_N.log_entry(p_tenant_id, v_person_id, 'join',
    jsonb_build_object('person_id', v_person_id, 'owner', v_link.person_id is null),
    p_request ->> 'address');
  return v_session;
end $$;
