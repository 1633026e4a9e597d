-- The secret by which the links of a tenant's mails are signed; it is made at the first link.
-- p_request: {}. answer: {"ok", "secret": in hexadecimal digits}.
-- Whoever knows it could answer in the name of every buyer: it leaves by no door.
-- locks: the row of the settings, once.
create or replace function holdfast_engine_N.link_secret(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_secret bytea;
begin
  select s.link_secret into v_secret
  from holdfast.mail_settings s where s.tenant_id = p_tenant_id;
  if v_secret is null then
    insert into holdfast.mail_settings (tenant_id, changed_at)
    values (p_tenant_id, holdfast.clock()) on conflict do nothing;
    update holdfast.mail_settings s set link_secret = coalesce(s.link_secret, decode(
      replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
    where s.tenant_id = p_tenant_id
    returning s.link_secret into v_secret;
  end if;
  return jsonb_build_object('ok', true, 'secret', encode(v_secret, 'hex'));
end $$;

-- What a buyer is asked by a mail.
-- p_request: {"mail_id"}. answer: the mail with its "data" and "settings"; "over": true when it can
-- be answered no more, because silence has answered or the recipient was erased; or mail_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_question(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mail holdfast.mails;
  v_notice holdfast.promise_notices;
begin
  select m.* into v_mail from holdfast.mails m
  where m.tenant_id = p_tenant_id and m.mail_id = (p_request ->> 'mail_id')::int
    and m.template = 'promise_moved';
  select n.* into v_notice from holdfast.promise_notices n
  where n.tenant_id = p_tenant_id
    and n.notice_id = holdfast_engine_N.uuid_of(v_mail.data -> 'notice_id');
  if v_notice.notice_id is null then
    return holdfast_engine_N.no_mail(p_request);
  end if;
  return holdfast_engine_N.mail_row(p_tenant_id, v_mail.mail_id)
    || jsonb_build_object('ok', true, 'data', v_mail.data,
      'settings', holdfast_engine_N.mail_settings_row(p_tenant_id),
      'over', v_mail.recipient is null or v_notice.answered_by is not distinct from 'silence'
        or v_notice.answer is null and v_notice.silence_at <= holdfast.clock());
end $$;

-- Takes a buyer's answer to a moved date, behind the link of its mail: once, and for ever.
-- p_request: {"mail_id", "choice": keep or cancel}. answer: {"ok", "choice", "first": false if it
-- was answered before, and that counts, "over": true if it comes too late}; or mail_not_found.
-- locks: the notice; then as answer_promise.
create or replace function holdfast_engine_N.answer_mail(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_question jsonb := holdfast_engine_N.get_question(p_tenant_id, p_request);
  v_notice holdfast.promise_notices;
  v_closed jsonb;
begin
  if not v_question ? 'data' then
    return v_question;
  end if;
  select n.* into v_notice from holdfast.promise_notices n
  where n.tenant_id = p_tenant_id
    and n.notice_id = holdfast_engine_N.uuid_of(v_question #> '{data,notice_id}')
  for no key update;
  if v_notice.answer is not null and v_notice.answered_by <> 'silence' then
    return jsonb_build_object('ok', true, 'choice', v_notice.answer, 'first', false, 'over', false);
  end if;
  if (v_question -> 'over')::boolean or v_notice.answer is not null
    or v_notice.silence_at <= holdfast.clock()
  then
    return '{"ok": true, "choice": null, "first": false, "over": true}';
  end if;
  v_closed := holdfast_engine_N.close_notice(p_tenant_id, v_notice, p_request ->> 'choice', 'buyer',
    p_request);
  return jsonb_build_object('ok', true, 'choice', v_closed -> 'answer', 'first', true,
    'over', false);
end $$;
