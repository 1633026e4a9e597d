-- Shows who is told of what at the merchant's.
-- p_tenant_id int, p_recipient_id int. answer: the recipient as every list shows it.
-- language: null means the tenant's.
-- locks: none.
create or replace function holdfast_engine_N.recipient_row(p_tenant_id int, p_recipient_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('recipient_id', r.recipient_id, 'email', r.email,
    'language', r.language, 'notices', to_jsonb(r.notices), 'created_at', r.created_at)
  from holdfast.notice_recipients r
  where r.tenant_id = p_tenant_id and r.recipient_id = p_recipient_id
$$;

-- Lists who is told of what at the merchant's.
-- p_request: "sort" (email, created_at; - turns it around), "limit", "cursor". answer: a page.
-- A tenant has at most twenty.
-- locks: none.
create or replace function holdfast_engine_N.list_recipients(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"email": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select r.recipient_id as id, r.email, r.created_at
      from holdfast.notice_recipients r where r.tenant_id = $1
    $from$, v_sorts, 'email', 'recipient_row'));
end $$;

-- Tells somebody at the merchant's of these notices from now on, and of no others.
-- p_request: {"email", "language", "notices": shortage, low, out, webhook_paused; all of them where
-- left out}. answer: the recipient, or invalid_request, too_large: a tenant has at most twenty.
-- locks: the tenant's row, then the recipient's.
create or replace function holdfast_engine_N.set_recipient(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_email text := holdfast_engine_N.email_of(p_request ->> 'email');
  v_known text[] := '{shortage,low,out,webhook_paused}';
  v_notices text[];
  v_recipient_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "email": {"is": "text", "max": 254, "needed": true},
      "language": {"is": "text", "max": 35},
      "notices": {"is": "texts", "max": 40, "most": 4}}'),
    holdfast_engine_N.check_emails(p_request, '{email}'),
    holdfast_engine_N.check_language(p_request -> 'language'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_notices := case when p_request ->> 'notices' is null then v_known else array(
    select distinct n from unnest(holdfast_engine_N.texts_of(p_request -> 'notices')) as n
    order by n) end;
  if v_notices = '{}' or not v_notices <@ v_known then
    return holdfast_engine_N.refuse('invalid_request',
      'notices must be some of shortage, low, out, webhook_paused.', '{"field": "notices"}');
  end if;
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  if (
    select count(*) from holdfast.notice_recipients r
    where r.tenant_id = p_tenant_id and r.email <> v_email
  ) >= 20 then
    return holdfast_engine_N.refuse('too_large', 'At most 20 people are told.',
      '{"field": "email", "limit": 20}');
  end if;
  insert into holdfast.notice_recipients (tenant_id, email, language, notices, created_at)
  values (p_tenant_id, v_email, p_request ->> 'language', v_notices, holdfast.clock())
  on conflict (tenant_id, email) do update
    set language = excluded.language, notices = excluded.notices
  returning recipient_id into v_recipient_id;
  return '{"ok": true}' || holdfast_engine_N.recipient_row(p_tenant_id, v_recipient_id);
end $$;

-- Tells somebody at the merchant's of nothing any more, and takes the address out of their mails.
-- p_request: {"recipient_id" or "email"}. answer: {"ok", "removed": the number}, or
-- recipient_not_found.
-- locks: the recipient's row, then those of the mails.
create or replace function holdfast_engine_N.remove_recipient(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_gone holdfast.notice_recipients;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "recipient_id": {"is": "integer", "least": 0, "most": 2147483647},
    "email": {"is": "text", "max": 254}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  delete from holdfast.notice_recipients r
  where r.tenant_id = p_tenant_id and (r.recipient_id = (p_request ->> 'recipient_id')::int
    or r.email = lower(p_request ->> 'email'))
  returning r.* into v_gone;
  if not found then
    return holdfast_engine_N.refuse('recipient_not_found', 'Nobody of this id or address is told.',
      jsonb_build_object('recipient_id', p_request -> 'recipient_id'));
  end if;
  update holdfast.mails m set recipient = null, fault = null, due_at = null,
    state = case m.state when 'waiting' then 'erased' else m.state end
  where m.tenant_id = p_tenant_id and m.recipient = v_gone.email
    and m.template in ('shortage', 'low', 'out', 'webhook_paused');
  return jsonb_build_object('ok', true, 'removed', v_gone.recipient_id);
end $$;
