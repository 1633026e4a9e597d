-- One slice of the background audit of a tenant: verifies what comes next, keeps what it found, and
-- moves on. Whoever comes while another server is at it, or sooner than the pause, finds it busy.
-- p_request: {"pause_ms", and of one slice at the most: "movements", "levels", "reservations",
-- "names"}. answer: {"ok", "busy", "checked": {…}, "pass_ended", "findings", "last_pass_at"}.
-- A fault is an event once, when it is found first; it is counted until a pass finds it no more.
-- locks: the tenant's row of audits, which nobody else needs.
create or replace function holdfast_engine_N.audit_slice(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_audit holdfast.audits;
  v_slice jsonb;
  v_ended boolean;
begin
  insert into holdfast.audits (tenant_id, pass_began_at) values (p_tenant_id, v_now)
  on conflict do nothing;
  select a.* into v_audit from holdfast.audits a
  where a.tenant_id = p_tenant_id
    and a.slice_at <= v_now - (p_request ->> 'pause_ms')::int * interval '1 millisecond'
  for no key update skip locked;
  if not found then
    return '{"ok": true, "busy": true}' || holdfast_engine_N.audit_state(p_tenant_id);
  end if;

  v_slice := holdfast_engine_N.audit_look(p_tenant_id, v_audit, p_request);
  perform holdfast_engine_N.keep_findings(
    p_tenant_id, v_slice -> 'findings', v_audit.pass, v_now);
  v_audit.levels := v_audit.levels + coalesce((v_slice ->> 'levels')::bigint, 0);
  v_audit.movements := v_audit.movements + coalesce((v_slice ->> 'movements')::bigint, 0);
  v_audit.reservations := v_audit.reservations + coalesce((v_slice ->> 'reservations')::bigint, 0);
  v_ended := v_audit.stage = 'names' and v_slice -> 'done' = 'true'::jsonb;
  if v_ended then
    delete from holdfast.audit_findings f
    where f.tenant_id = p_tenant_id and f.pass < v_audit.pass;
  end if;
  update holdfast.audits a set
    slice_at = holdfast.clock(),
    stage = case when v_slice -> 'done' = 'false'::jsonb then a.stage
      when a.stage = 'levels' then 'reservations'
      when a.stage = 'reservations' then 'names'
      else 'levels' end,
    after_level_id = case when v_ended then 0
      else coalesce((v_slice ->> 'last_level_id')::int, a.after_level_id) end,
    after_reservation_id = case when v_ended then null
      else coalesce((v_slice ->> 'last_reservation_id')::uuid, a.after_reservation_id) end,
    after_name = case when v_ended then null
      else coalesce(v_slice ->> 'last_name', a.after_name) end,
    levels = case when v_ended then 0 else v_audit.levels end,
    movements = case when v_ended then 0 else v_audit.movements end,
    reservations = case when v_ended then 0 else v_audit.reservations end,
    last_pass = case when v_ended then jsonb_build_object('levels', v_audit.levels,
      'movements', v_audit.movements, 'reservations', v_audit.reservations,
      'seconds', round(extract(epoch from v_now - a.pass_began_at)::numeric, 1))
      else a.last_pass end,
    pass = a.pass + v_ended::int,
    pass_began_at = case when v_ended then v_now else a.pass_began_at end,
    last_pass_at = case when v_ended then v_now else a.last_pass_at end
  where a.tenant_id = p_tenant_id;
  return jsonb_build_object('ok', true, 'busy', false, 'pass_ended', v_ended,
    'checked', jsonb_build_object('levels', coalesce(v_slice -> 'levels', '0'),
      'movements', coalesce(v_slice -> 'movements', '0'),
      'reservations', coalesce(v_slice -> 'reservations', '0'))
  ) || holdfast_engine_N.audit_state(p_tenant_id);
end $$;

-- Verifies what comes next.
-- p_audit: where it stands; p_request: as audit_slice. answer: as the verify function of the stage.
-- A level has as many movements as its version says, so that many levels are taken as their
-- movements stay within the bound: at least one.
-- locks: none.
create or replace function holdfast_engine_N.audit_look(
  p_tenant_id int, p_audit holdfast.audits, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_levels int;
begin
  if p_audit.stage = 'levels' then
    select greatest(1, count(*) filter (where s.movements <= (p_request ->> 'movements')::bigint))
    into v_levels
    from (
      select sum(l.version) over (order by l.level_id) as movements
      from (
        select o.level_id, o.version from holdfast.levels o
        where o.tenant_id = p_tenant_id and o.level_id > p_audit.after_level_id
        order by o.level_id limit (p_request ->> 'levels')::int
      ) as l
    ) as s;
    return holdfast_engine_N.verify_levels(p_tenant_id, jsonb_build_object(
      'after_level_id', p_audit.after_level_id, 'limit', v_levels));
  elsif p_audit.stage = 'reservations' then
    return holdfast_engine_N.verify_reservations(p_tenant_id, jsonb_build_object(
      'after_reservation_id', p_audit.after_reservation_id,
      'limit', p_request -> 'reservations'));
  end if;
  return holdfast_engine_N.verify_names(p_tenant_id, jsonb_build_object(
    'after_name', p_audit.after_name, 'limit', p_request -> 'names'));
end $$;

-- Keeps what a slice has found; what is new is an event.
-- p_findings jsonb: from verify; p_pass bigint. answer: nothing.
-- A fault is known by its code and place, not by its figures.
-- locks: the rows of the findings, under the row of audits.
create or replace function holdfast_engine_N.keep_findings(
  p_tenant_id int, p_findings jsonb, p_pass bigint, p_now timestamptz
) returns void
language plpgsql volatile as $$
begin
  with found as (
    select distinct on (1) md5(concat_ws('/', f ->> 'code', f ->> 'level_id',
        f ->> 'reservation_id', f ->> 'what')) as finding, f as facts
    from jsonb_array_elements(p_findings) as f
  ), kept as (
    insert into holdfast.audit_findings as k (
      tenant_id, finding, code, facts, pass, first_seen_at
    )
    select p_tenant_id, n.finding, n.facts ->> 'code', n.facts, p_pass, p_now from found n
    on conflict (tenant_id, finding) do update set pass = excluded.pass, facts = excluded.facts
    returning k.finding, k.facts, k.first_seen_at
  )
  insert into holdfast.events (
    tenant_id, event_id, type, level_id, reservation_id, data, recorded_at
  )
  select p_tenant_id, holdfast.uuid_v7(), 'audit.finding', (k.facts ->> 'level_id')::int,
    (k.facts ->> 'reservation_id')::uuid, k.facts, p_now
  from kept k where k.first_seen_at = p_now;
end $$;

-- What the audit of a tenant says now.
-- answer: {"findings": how many are there, "last_pass_at": when a whole pass ended last, or null}.
-- locks: none.
create or replace function holdfast_engine_N.audit_state(p_tenant_id int) returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'findings', (select count(*) from holdfast.audit_findings f where f.tenant_id = p_tenant_id),
    'last_pass_at', (select a.last_pass_at from holdfast.audits a
      where a.tenant_id = p_tenant_id))
$$;
