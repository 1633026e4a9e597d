-- Begins a session: whoever signs in gets a new one, whatever the browser had before.
-- p_person_id int; p_request jsonb: "session_sha256" (hex), "address", "agent". answer: {"ok",
-- "session_id", "expires_at"}. A session that nobody uses for 12 hours ends, and each after 7 days.
-- locks: the person's row, the new session's.
create or replace function holdfast_engine_N.begin_session(
  p_tenant_id int, p_person_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_session holdfast.sessions;
begin
  update holdfast.people p set signed_in_at = holdfast.clock()
  where p.tenant_id = p_tenant_id and p.person_id = p_person_id;
  delete from holdfast.sessions s
  where s.tenant_id = p_tenant_id and s.person_id = p_person_id
    and s.expires_at < holdfast.clock() - interval '30 days';
  insert into holdfast.sessions (
    tenant_id, person_id, secret_sha256, address, agent, created_at, seen_at, expires_at
  ) values (
    p_tenant_id, p_person_id, decode(p_request ->> 'session_sha256', 'hex'),
    left(p_request ->> 'address', 64), left(p_request ->> 'agent', 255),
    holdfast.clock(), holdfast.clock(), holdfast.clock() + interval '7 days'
  )
  returning * into v_session;
  return jsonb_build_object('ok', true, 'session_id', v_session.session_id,
    'expires_at', v_session.expires_at);
end $$;

-- True while a session opens anything.
-- p_session holdfast.sessions. answer: boolean.
-- The end of idleness is not written: it follows from the last use.
-- locks: none.
create or replace function holdfast_engine_N.is_open_session(p_session holdfast.sessions)
returns boolean
language sql volatile as $$
  select p_session.ended_at is null and p_session.expires_at > holdfast.clock()
    and p_session.seen_at > holdfast.clock() - interval '12 hours'
$$;

-- Finds whose session a cookie is, by the SHA-256 of it, and notes at most once a minute that it
-- was used.
-- p_request: {"secret_sha256" (hex)}. answer: {"session_id", "person" (as in lists), "tenant",
-- "location_ids", "secret_sha256"}, or session_not_found.
-- locks: the session's row once a minute.
create or replace function holdfast_engine_N.authenticate_session(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_session holdfast.sessions;
  v_person holdfast.people;
  v_tenant text;
begin
  select s.* into v_session from holdfast.sessions s
  where s.tenant_id = p_tenant_id
    and s.secret_sha256 = decode(p_request ->> 'secret_sha256', 'hex');
  select p.* into v_person from holdfast.people p
  where p.tenant_id = p_tenant_id and p.person_id = v_session.person_id and p.removed_at is null;
  if v_person.person_id is null or not holdfast_engine_N.is_open_session(v_session) then
    return holdfast_engine_N.refuse('session_not_found', 'No session that is open has this id.');
  end if;
  update holdfast.sessions s set seen_at = holdfast.clock()
  where s.tenant_id = p_tenant_id and s.session_id = v_session.session_id
    and s.ended_at is null and s.seen_at < holdfast.clock() - interval '1 minute';
  select t.code into v_tenant from holdfast.tenants t where t.tenant_id = p_tenant_id;
  return jsonb_build_object('ok', true, 'session_id', v_session.session_id, 'tenant', v_tenant,
    'person', holdfast_engine_N.person_row(p_tenant_id, v_person.person_id),
    'location_ids', to_jsonb(v_person.location_ids),
    'secret_sha256', encode(v_session.secret_sha256, 'hex'));
end $$;

-- Shows a session, never what its browser has.
-- p_tenant_id int, p_session_id int. answer: the session as lists show it.
-- locks: none.
create or replace function holdfast_engine_N.session_row(p_tenant_id int, p_session_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'session_id', s.session_id, 'person_id', s.person_id, 'name', p.name,
    'address', s.address, 'agent', s.agent, 'created_at', s.created_at, 'seen_at', s.seen_at,
    'expires_at', least(s.expires_at, s.seen_at + interval '12 hours'), 'ended_at', s.ended_at
  )
  from holdfast.sessions s
  join holdfast.people p on p.tenant_id = s.tenant_id and p.person_id = s.person_id
  where s.tenant_id = p_tenant_id and s.session_id = p_session_id
$$;

-- Lists the sessions that are open.
-- p_request: "person_id" (absent: everybody's), "sort" (created_at, seen_at; - turns it around),
-- "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_sessions(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz", "seen_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"person_id":
      {"is": "integer", "least": 0, "most": 2147483647}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select s.session_id as id, s.created_at, s.seen_at
      from holdfast.sessions s
      where s.tenant_id = $1 and holdfast_engine_N.is_open_session(s)
        and ($2 ->> 'person_id' is null or s.person_id = ($2 ->> 'person_id')::int)
    $from$, v_sorts, '-created_at', 'session_row'));
end $$;

-- Ends a session, at once.
-- p_request: {"session_id", "person_id" (of whom alone it may be; absent: anybody's)}. answer: the
-- session, or session_not_found. A session that has ended keeps the instant of its end.
-- locks: the session's row.
create or replace function holdfast_engine_N.end_session(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_rule jsonb := '{"is": "integer", "least": 0, "most": 2147483647}';
  v_session_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, jsonb_build_object(
    'session_id', v_rule || '{"needed": true}', 'person_id', v_rule));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.sessions s set ended_at = coalesce(s.ended_at, holdfast.clock())
  where s.tenant_id = p_tenant_id and s.session_id = (p_request ->> 'session_id')::int
    and (p_request ->> 'person_id' is null or s.person_id = (p_request ->> 'person_id')::int)
  returning s.session_id into v_session_id;
  if not found then
    return holdfast_engine_N.refuse('session_not_found', 'No session that is open has this id.',
      jsonb_build_object('session_id', p_request -> 'session_id'));
  end if;
  return '{"ok": true}' || holdfast_engine_N.session_row(p_tenant_id, v_session_id);
end $$;

-- Ends the sessions of somebody.
-- p_person_id int; p_but int: the one that stays, or null. answer: nothing.
-- locks: the sessions' rows, by id.
create or replace function holdfast_engine_N.end_sessions(
  p_tenant_id int, p_person_id int, p_but int
) returns void
language plpgsql volatile as $$
begin
  perform 1 from holdfast.sessions s
  where s.tenant_id = p_tenant_id and s.person_id = p_person_id and s.ended_at is null
  order by s.session_id for no key update;
  update holdfast.sessions s set ended_at = holdfast.clock()
  where s.tenant_id = p_tenant_id and s.person_id = p_person_id and s.ended_at is null
    and s.session_id is distinct from p_but;
end $$;
