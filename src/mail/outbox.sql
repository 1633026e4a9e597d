-- Shows a mail of the outbox.
-- p_tenant_id int, p_mail_id int. answer: the mail as every verb and list shows it.
-- events: how many events it tells of; answer: what the buyer, the merchant or silence has said to
-- the moved date.
-- locks: none.
create or replace function holdfast_engine_N.mail_row(p_tenant_id int, p_mail_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('mail_id', m.mail_id, 'message_id', m.message_id,
    'template', m.template, 'state', m.state, 'recipient', m.recipient, 'language', m.language,
    'attempts', m.attempts, 'due_at', m.due_at, 'created_at', m.created_at,
    'sent_at', m.sent_at, 'via', m.via, 'fault', m.fault,
    'answer', n.answer, 'answered_at', n.answered_at,
    'events', (select count(*) from holdfast.mail_causes c
      where c.tenant_id = p_tenant_id and c.mail_id = m.mail_id))
  from holdfast.mails m
  left join holdfast.promise_notices n on n.tenant_id = p_tenant_id
    and n.notice_id = holdfast_engine_N.uuid_of(m.data -> 'notice_id')
  where m.tenant_id = p_tenant_id and m.mail_id = p_mail_id
$$;

-- The refusal for a number that is of no mail.
-- p_request: {"mail_id"}. answer: the refusal.
-- The number comes back.
-- locks: none.
create or replace function holdfast_engine_N.no_mail(p_request jsonb) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('mail_not_found', 'No mail has this id.',
    jsonb_build_object('mail_id', p_request -> 'mail_id'))
$$;

-- Checks that a request names a mail, and nothing else.
-- p_request jsonb. answer: a refusal that names the field, or null.
-- The table tells whether there is such a mail.
-- locks: none.
create or replace function holdfast_engine_N.check_mail_id(p_request jsonb) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.check_fields(p_request,
    '{"mail_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true}}')
$$;

-- Lists the mails of the outbox.
-- p_request: "state", "template", "recipient", "sort" (created_at; - turns it around), "limit",
-- "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_mails(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"state": {"is": "text", "max": 20},
      "template": {"is": "text", "max": 40}, "recipient": {"is": "text", "max": 254}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select m.mail_id as id, m.created_at
      from holdfast.mails m
      where m.tenant_id = $1
        and ($2 ->> 'state' is null or m.state = $2 ->> 'state')
        and ($2 ->> 'template' is null or m.template = $2 ->> 'template')
        and ($2 ->> 'recipient' is null or m.recipient = lower($2 ->> 'recipient'))
    $from$, v_sorts, '-created_at', 'mail_row'));
end $$;

-- Shows one mail with its facts and what it takes to write it.
-- p_request: {"mail_id"}. answer: the mail, its "data" and the tenant's "settings", or
-- mail_not_found.
-- locks: none.
create or replace function holdfast_engine_N.get_mail(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mail jsonb;
  v_refusal jsonb := holdfast_engine_N.check_mail_id(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select holdfast_engine_N.mail_row(p_tenant_id, m.mail_id) || jsonb_build_object('data', m.data)
  into v_mail from holdfast.mails m
  where m.tenant_id = p_tenant_id and m.mail_id = (p_request ->> 'mail_id')::int;
  if v_mail is null then
    return holdfast_engine_N.no_mail(p_request);
  end if;
  return '{"ok": true}' || v_mail
    || jsonb_build_object('settings', holdfast_engine_N.mail_settings_row(p_tenant_id));
end $$;

-- Sends a mail again: at once, with all its attempts before it.
-- p_request: {"mail_id"}. answer: the mail without its recipient, since answers are kept for their
-- keys; or mail_not_found, or mail_erased, if nobody is left to whom it could go.
-- locks: the mail's row.
create or replace function holdfast_engine_N.retry_mail(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mail holdfast.mails;
  v_refusal jsonb := holdfast_engine_N.check_mail_id(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select m.* into v_mail from holdfast.mails m
  where m.tenant_id = p_tenant_id and m.mail_id = (p_request ->> 'mail_id')::int
  for no key update;
  if not found then
    return holdfast_engine_N.no_mail(p_request);
  end if;
  if v_mail.recipient is null then
    return holdfast_engine_N.refuse('mail_erased', 'The recipient of this mail was erased.',
      jsonb_build_object('mail_id', v_mail.mail_id));
  end if;
  update holdfast.mails m set state = 'waiting', attempts = 0, due_at = holdfast.clock()
  where m.tenant_id = p_tenant_id and m.mail_id = v_mail.mail_id;
  return '{"ok": true}'
    || (holdfast_engine_N.mail_row(p_tenant_id, v_mail.mail_id) - 'recipient');
end $$;

-- Puts a mail into the outbox that only says that mails arrive.
-- p_request: {"to": an address, "language"}. answer: the mail without its recipient, or
-- invalid_request. It goes the way of all mails.
-- locks: the new row.
create or replace function holdfast_engine_N.queue_test_mail(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mail_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "to": {"is": "text", "max": 254, "needed": true},
      "language": {"is": "text", "max": 35}}'),
    holdfast_engine_N.check_emails(p_request, '{to}'),
    holdfast_engine_N.check_language(p_request -> 'language'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_mail_id := holdfast_engine_N.add_mail(p_tenant_id, 'test',
    holdfast_engine_N.email_of(p_request ->> 'to'), p_request ->> 'language', '{}', 0);
  return '{"ok": true}' || (holdfast_engine_N.mail_row(p_tenant_id, v_mail_id) - 'recipient');
end $$;

-- Puts a mail into the outbox.
-- p_language text: what was named for the recipient, or null; p_delay_seconds int: until the first
-- attempt. answer: its number.
-- locks: the new row.
create or replace function holdfast_engine_N.add_mail(
  p_tenant_id int, p_template text, p_recipient text, p_language text, p_data jsonb,
  p_delay_seconds int
) returns int
language plpgsql volatile as $$
declare
  v_mail_id int;
  v_now timestamptz := holdfast.clock();
  v_default text;
begin
  select s.language into v_default
  from holdfast.mail_settings s where s.tenant_id = p_tenant_id;
  insert into holdfast.mails (
    tenant_id, message_id, template, recipient, language, data, due_at, created_at
  ) values (
    p_tenant_id, holdfast.uuid_v7(), p_template, p_recipient,
    holdfast_engine_N.language_of(p_language, v_default), p_data,
    v_now + make_interval(secs => p_delay_seconds), v_now
  )
  returning mail_id into v_mail_id;
  return v_mail_id;
end $$;
