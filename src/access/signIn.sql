-- Counts an attempt at a door before it is made, so that attempts at once are not free.
-- p_subjects text[]: who knocks, in words; p_limits int[]: how many each may in a quarter of an
-- hour. answer: null, or too_many_attempts with the seconds to wait.
-- locks: the subjects' rows, by their sums.
create or replace function holdfast_engine_N.count_attempt(
  p_tenant_id int, p_subjects text[], p_limits int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_window interval := interval '15 minutes';
  v_subject record;
  v_attempts holdfast.attempts;
  v_wait interval;
begin
  for v_subject in
    select sha256(convert_to(s.subject, 'UTF8')) as sum, p_limits[s.n::int] as most
    from unnest(p_subjects) with ordinality as s (subject, n)
    order by 1
  loop
    insert into holdfast.attempts (tenant_id, subject, count, since)
    values (p_tenant_id, v_subject.sum, 0, holdfast.clock())
    on conflict do nothing;
    select a.* into v_attempts from holdfast.attempts a
    where a.tenant_id = p_tenant_id and a.subject = v_subject.sum for no key update;
    if v_attempts.since <= holdfast.clock() - v_window then
      v_attempts.count := 0;
      v_attempts.since := holdfast.clock();
    end if;
    if v_attempts.count >= v_subject.most then
      v_wait := greatest(v_wait, v_attempts.since + v_window - holdfast.clock());
    end if;
    update holdfast.attempts a
    set count = least(v_attempts.count + 1, 1000000), since = v_attempts.since
    where a.tenant_id = p_tenant_id and a.subject = v_subject.sum;
  end loop;
  if v_wait is null then
    return null;
  end if;
  return holdfast_engine_N.refuse('too_many_attempts', 'Too many attempts: wait, then try again.',
    jsonb_build_object('retry_after_seconds', ceil(extract(epoch from v_wait))::int));
end $$;

-- Forgets the attempts of somebody who has shown who they are.
-- p_subjects text[]. answer: nothing.
-- An address keeps its own: others may guess from there.
-- locks: the subjects' rows, by their sums.
create or replace function holdfast_engine_N.forget_attempts(p_tenant_id int, p_subjects text[])
returns void
language plpgsql volatile as $$
declare
  v_sum bytea;
begin
  for v_sum in
    select sha256(convert_to(s, 'UTF8')) from unnest(p_subjects) as s order by 1
  loop
    delete from holdfast.attempts a where a.tenant_id = p_tenant_id and a.subject = v_sum;
  end loop;
  delete from holdfast.attempts a
  where a.tenant_id = p_tenant_id and a.subject in (
    select o.subject from holdfast.attempts o
    where o.tenant_id = p_tenant_id and o.since < holdfast.clock() - interval '1 day'
    order by o.subject limit 100 for update skip locked);
end $$;

-- Begins to sign in: what the password is held against. Nobody learns whether an address is known:
-- it is counted alike, and the caller compares with a password of nobody in the same time.
-- p_request: {"email", "address" (of the network)}. answer: {"person_id", "password" (both null for
-- nobody)}, or too_many_attempts: 10 for a person from one address, 50 for a person, 100 for an
-- address in 15 minutes. locks: the attempts' rows.
create or replace function holdfast_engine_N.begin_sign_in(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_email text := coalesce(holdfast_engine_N.email_of(p_request), '');
  v_address text := coalesce(p_request ->> 'address', '');
  v_person holdfast.people;
  v_refusal jsonb := holdfast_engine_N.count_attempt(p_tenant_id,
    array['person ' || v_email, 'address ' || v_address, 'both ' || v_email || ' ' || v_address],
    array[50, 100, 10]);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select p.* into v_person from holdfast.people p
  where p.tenant_id = p_tenant_id and p.email = v_email and p.removed_at is null
    and p.password is not null;
  return jsonb_build_object('ok', true, 'person_id', v_person.person_id,
    'password', v_person.password);
end $$;

-- The refusal for whoever does not show who they are.
-- no parameters. answer: the refusal.
-- It does not tell which of the two was wrong.
-- locks: none.
create or replace function holdfast_engine_N.wrong_password() returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('wrong_password', 'The address or the password is wrong.')
$$;

-- Notes that somebody did not know the password of a person.
-- p_request: {"person_id", "address", "agent"}. answer: wrong_password.
-- An address that nobody has is not noted: whoever guesses addresses writes no log.
-- locks: the new row.
create or replace function holdfast_engine_N.fail_sign_in(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  if p_request ->> 'person_id' is not null then
    perform holdfast_engine_N.log_entry(p_tenant_id, null, 'sign_in_failed',
      p_request - array['key', 'actor_id', 'address'], p_request ->> 'address');
  end if;
  return holdfast_engine_N.wrong_password();
end $$;

-- Signs somebody in who knew the password.
-- p_request: {"person_id", "password" (that the given one was held against), "email", "address",
-- "agent", "session_sha256", "replaces_sha256" (the browser's session before)}. answer: the session
-- as begin_session gives it, or wrong_password if it was changed meanwhile.
-- locks: the attempts' rows, the person's row, the sessions'.
create or replace function holdfast_engine_N.sign_in(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_email text := coalesce(holdfast_engine_N.email_of(p_request), '');
  v_person holdfast.people;
  v_session jsonb;
begin
  perform holdfast_engine_N.forget_attempts(p_tenant_id, array['person ' || v_email,
    'both ' || v_email || ' ' || coalesce(p_request ->> 'address', '')]);
  select p.* into v_person from holdfast.people p
  where p.tenant_id = p_tenant_id and p.person_id = (p_request ->> 'person_id')::int
  for no key update;
  if v_person.removed_at is not null
    or v_person.password is distinct from p_request ->> 'password'
  then
    return holdfast_engine_N.wrong_password();
  end if;
  update holdfast.sessions s set ended_at = holdfast.clock()
  where s.tenant_id = p_tenant_id and s.ended_at is null
    and s.secret_sha256 = decode(p_request ->> 'replaces_sha256', 'hex');
  v_session := holdfast_engine_N.begin_session(p_tenant_id, v_person.person_id, p_request);
  perform holdfast_engine_N.log_entry(p_tenant_id, v_person.person_id, 'sign_in',
    jsonb_build_object('session_id', v_session -> 'session_id', 'agent',
      left(p_request ->> 'agent', 255)), p_request ->> 'address');
  return v_session;
end $$;

-- Changes a password that was shown to be known: every session of the person ends, one begins.
-- p_request: {"person_id", "was" (scrypt, that the given one was held against), "password" (the new
-- one), "session_sha256", "address", "agent"}. answer: the session, or wrong_password.
-- locks: the person's row, the sessions'.
create or replace function holdfast_engine_N.change_password(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_person_id int := (p_request ->> 'person_id')::int;
  v_session jsonb;
begin
  update holdfast.people p set password = p_request ->> 'password'
  where p.tenant_id = p_tenant_id and p.person_id = v_person_id and p.removed_at is null
    and p.password = p_request ->> 'was';
  if not found then
    return holdfast_engine_N.wrong_password();
  end if;
  perform holdfast_engine_N.end_sessions(p_tenant_id, v_person_id, null);
  perform holdfast_engine_N.end_links(p_tenant_id, v_person_id);
  v_session := holdfast_engine_N.begin_session(p_tenant_id, v_person_id, p_request);
  perform holdfast_engine_N.log_entry(p_tenant_id, v_person_id, 'change_password',
    jsonb_build_object('person_id', v_person_id), p_request ->> 'address');
  return v_session;
end $$;
