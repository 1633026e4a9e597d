-- Takes mails that are due, for whoever sends them: nobody else gets them for ten minutes.
-- p_request: {"limit", "mail_id" (this one alone)}. answer: {"ok", "mails": [the mail with its
-- "data"], "settings"}. A sender that dies leaves its mails due again after that time.
-- locks: the rows of the mails; those that another sender has are passed over.
create or replace function holdfast_engine_N.claim_mails(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mails jsonb;
begin
  with due as materialized (
    select m.mail_id from holdfast.mails m
    where m.tenant_id = p_tenant_id and m.state = 'waiting' and m.due_at <= holdfast.clock()
      and (p_request ->> 'mail_id' is null or m.mail_id = (p_request ->> 'mail_id')::int)
    order by m.due_at, m.mail_id limit (p_request ->> 'limit')::int
    for no key update skip locked
  ), taken as (
    update holdfast.mails m
    set attempts = m.attempts + 1, due_at = holdfast.clock() + interval '10 minutes'
    from due d
    where m.tenant_id = p_tenant_id and m.mail_id = d.mail_id
    returning m.mail_id, m.message_id, m.template, m.recipient, m.language, m.data, m.attempts,
      m.created_at
  )
  select jsonb_agg(to_jsonb(t) order by t.mail_id) into v_mails from taken t;
  return jsonb_build_object('ok', true, 'mails', coalesce(v_mails, '[]'),
    'settings', holdfast_engine_N.mail_settings_row(p_tenant_id));
end $$;

-- Writes down what an attempt has come to. After a failure the next one is due in half a minute,
-- two minutes, eight …, at most six hours; the twelfth was the last: about two days.
-- p_request: {"mail_id", "attempt", "outcome": sent, again or failed, "via", "fault"}. answer: the
-- mail, or mail_not_found. An attempt that took so long that another has begun changes nothing.
-- locks: the mail's row.
create or replace function holdfast_engine_N.settle_mail(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mail holdfast.mails;
  v_outcome text := p_request ->> 'outcome';
begin
  select m.* into v_mail from holdfast.mails m
  where m.tenant_id = p_tenant_id and m.mail_id = (p_request ->> 'mail_id')::int
  for no key update;
  if not found then
    return holdfast_engine_N.no_mail(p_request);
  end if;
  if v_mail.state <> 'waiting' or v_mail.attempts <> (p_request ->> 'attempt')::int then
    return '{"ok": true}' || holdfast_engine_N.mail_row(p_tenant_id, v_mail.mail_id);
  end if;
  if v_outcome = 'again' and v_mail.attempts >= 12 then
    v_outcome := 'failed';
  end if;
  update holdfast.mails m set
    state = case v_outcome when 'again' then 'waiting' else v_outcome end,
    due_at = case v_outcome when 'again' then holdfast.clock()
      + least(interval '30 seconds' * 4 ^ least(v_mail.attempts - 1, 10), interval '6 hours') end,
    sent_at = case v_outcome when 'sent' then holdfast.clock() end,
    via = p_request ->> 'via',
    fault = left(p_request ->> 'fault', 500)
  where m.tenant_id = p_tenant_id and m.mail_id = v_mail.mail_id;
  return '{"ok": true}' || holdfast_engine_N.mail_row(p_tenant_id, v_mail.mail_id);
end $$;

-- Forgets mails that were sent, or given up, more than 90 days ago; what they told of as well.
-- p_request: {}. answer: {"ok", "forgotten", "more"}: at most 1,000 in a call.
-- An event that old is told to nobody again.
-- locks: the rows that go.
create or replace function holdfast_engine_N.trim_mails(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_mails int[];
begin
  v_mails := array(
    select m.mail_id from holdfast.mails m
    where m.tenant_id = p_tenant_id and m.state <> 'waiting'
      and m.created_at < holdfast.clock() - interval '90 days'
    order by m.mail_id limit 1000
    for update skip locked
  );
  delete from holdfast.mail_causes c
  where c.tenant_id = p_tenant_id and c.mail_id = any (v_mails);
  delete from holdfast.mails m where m.tenant_id = p_tenant_id and m.mail_id = any (v_mails);
  return jsonb_build_object('ok', true, 'forgotten', cardinality(v_mails),
    'more', cardinality(v_mails) = 1000);
end $$;
