-- Puts the mails that events call for into the outbox: the consumer "mail" of the feed. One event
-- makes one mail for each reader, also if it comes twice; one that is older than a week makes none,
-- so that nobody is told old news.
-- p_events jsonb: [{"id", "type", "timestamp", "data"}]. answer: {"queued": how often somebody is
-- told}. locks: the causes' new rows, then the mails that are added to.
create or replace function holdfast_engine_N.queue_mails(p_tenant_id int, p_events jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_event jsonb;
  v_queued int := 0;
begin
  for v_event in select e from jsonb_array_elements(p_events) as e loop
    continue when (v_event ->> 'timestamp')::timestamptz < holdfast.clock() - interval '7 days';
    v_queued := v_queued + case v_event ->> 'type'
      when 'promise.moved' then
        holdfast_engine_N.tell_customer(p_tenant_id, 'promise_moved', v_event)
      when 'backorder.allocated' then
        holdfast_engine_N.tell_customer(p_tenant_id, 'backorder_allocated', v_event)
      when 'level.shortage' then
        holdfast_engine_N.tell_merchant(p_tenant_id, 'shortage', v_event)
      when 'level.low' then holdfast_engine_N.tell_merchant(p_tenant_id, 'low', v_event)
      when 'level.out' then holdfast_engine_N.tell_merchant(p_tenant_id, 'out', v_event)
      when 'webhook.paused' then
        holdfast_engine_N.tell_merchant(p_tenant_id, 'webhook_paused', v_event)
      else 0 end;
  end loop;
  return jsonb_build_object('queued', v_queued);
end $$;

-- What an event says of a thing that is sold, with its title for people.
-- p_line jsonb: with "sku". answer: the same with "title"; null where the SKU is of no product.
-- As it is called now: a mail that is looked at later has the title of when it was written.
-- locks: none.
create or replace function holdfast_engine_N.titled(p_tenant_id int, p_line jsonb) returns jsonb
language sql volatile as $$
  select p_line || jsonb_build_object('title', (
    select p.title || case when v.option_values <> '{}'
      then ', ' || array_to_string(v.option_values, ' / ') else '' end
    from holdfast.sku_codes c
    join holdfast.variants v on v.tenant_id = p_tenant_id and v.sku_id = c.sku_id
    join holdfast.products p on p.tenant_id = p_tenant_id and p.product_id = v.product_id
    where c.tenant_id = p_tenant_id and c.code = p_line ->> 'sku'
    order by v.archived_at is not null, v.variant_id limit 1
  ))
$$;

-- The lines of an event: its own, or itself as one.
-- p_data jsonb. answer: an array of objects, each with its title.
-- At most a hundred; a mail says how many more there are.
-- locks: none.
create or replace function holdfast_engine_N.mail_lines(p_tenant_id int, p_data jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(jsonb_agg(holdfast_engine_N.titled(p_tenant_id, l.line) order by l.n)
    filter (where l.n <= 100), '[]')
  from jsonb_array_elements(case when jsonb_typeof(p_data -> 'lines') = 'array'
    then p_data -> 'lines' else jsonb_build_array(p_data) end) with ordinality as l (line, n)
$$;

-- Tells the customer of an order, if the shop has said who that is and wants it told by us.
-- p_event jsonb. answer: 1, or 0 if nobody is to be told, or was told of this event before.
-- Several allocations of one order within half a minute are one mail.
-- locks: as queue_mails.
create or replace function holdfast_engine_N.tell_customer(
  p_tenant_id int, p_template text, p_event jsonb
) returns int
language plpgsql volatile as $$
declare
  v_data jsonb := p_event -> 'data';
  v_contact holdfast.contacts;
  v_reservation_id uuid := holdfast_engine_N.uuid_of(v_data -> 'reservation_id');
begin
  if not (holdfast_engine_N.mail_settings_row(p_tenant_id) -> 'customer_mails')::boolean then
    return 0;
  end if;
  v_contact := holdfast_engine_N.contact_for(p_tenant_id, v_data ->> 'order_reference',
    v_reservation_id);
  if v_contact.contact_id is null then
    return 0;
  end if;
  v_data := (v_data - 'lines')
    || jsonb_build_object('lines', holdfast_engine_N.mail_lines(p_tenant_id, v_data));
  return holdfast_engine_N.tell(p_tenant_id, p_event, 'customer', p_template, v_contact.email,
    v_contact.language, v_data, case p_template when 'backorder_allocated' then 30 else 0 end);
end $$;

-- Tells everybody at the merchant's who wants to know of such events.
-- p_event jsonb. answer: how many are told.
-- What happens within half a minute is one mail, so that a file of stock that was imported is not a
-- thousand of them. locks: as queue_mails.
create or replace function holdfast_engine_N.tell_merchant(
  p_tenant_id int, p_template text, p_event jsonb
) returns int
language plpgsql volatile as $$
declare
  v_told int := 0;
  v_recipient holdfast.notice_recipients;
  v_data jsonb;
begin
  for v_recipient in
    select r.* from holdfast.notice_recipients r
    where r.tenant_id = p_tenant_id and r.notices @> array[p_template]
    order by r.recipient_id
  loop
    v_data := coalesce(v_data, jsonb_build_object('lines',
      holdfast_engine_N.mail_lines(p_tenant_id, p_event -> 'data')));
    v_told := v_told + holdfast_engine_N.tell(p_tenant_id, p_event,
      'recipient ' || v_recipient.recipient_id, p_template, v_recipient.email,
      v_recipient.language, v_data, 30);
  end loop;
  return v_told;
end $$;

-- Tells somebody of an event, once: in a mail of its own, or in one that still gathers.
-- p_reader text: who it is, without an address; p_delay_seconds int: how long a mail gathers, 0: it
-- does not. answer: 1, or 0 if this reader was told before.
-- locks: as queue_mails.
create or replace function holdfast_engine_N.tell(
  p_tenant_id int, p_event jsonb, p_reader text, p_template text, p_email text, p_language text,
  p_data jsonb, p_delay_seconds int
) returns int
language plpgsql volatile as $$
declare
  v_mail_id int;
  v_event_id text := p_event ->> 'id';
begin
  insert into holdfast.mail_causes (tenant_id, event_id, reader, mail_id)
  values (p_tenant_id, v_event_id, p_reader, 0)
  on conflict do nothing;
  if not found then
    return 0;
  end if;
  if p_delay_seconds > 0 then
    select m.mail_id into v_mail_id from holdfast.mails m
    where m.tenant_id = p_tenant_id and m.recipient = p_email and m.template = p_template
      and m.state = 'waiting' and m.attempts = 0
      and m.data -> 'order_reference' is not distinct from p_data -> 'order_reference'
    order by m.mail_id desc limit 1
    for no key update skip locked;
  end if;
  if v_mail_id is null then
    v_mail_id := holdfast_engine_N.add_mail(p_tenant_id, p_template, p_email, p_language, p_data,
      p_delay_seconds);
  else
    update holdfast.mails m set data = m.data || case
      when jsonb_array_length(m.data -> 'lines') + jsonb_array_length(p_data -> 'lines') <= 100
      then jsonb_build_object('lines', (m.data -> 'lines') || (p_data -> 'lines'))
      else jsonb_build_object('more', coalesce((m.data ->> 'more')::int, 0)
        + jsonb_array_length(p_data -> 'lines')) end
    where m.tenant_id = p_tenant_id and m.mail_id = v_mail_id;
  end if;
  update holdfast.mail_causes c set mail_id = v_mail_id
  where c.tenant_id = p_tenant_id and c.event_id = v_event_id and c.reader = p_reader;
  return 1;
end $$;
