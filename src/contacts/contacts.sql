-- Shows a contact.
-- p_tenant_id int, p_contact_id int. answer: the contact as every list shows it.
-- One of reservation_id and order_reference is null.
-- locks: none.
create or replace function holdfast_engine_N.contact_row(p_tenant_id int, p_contact_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('contact_id', c.contact_id, 'reservation_id', c.reservation_id,
    'order_reference', c.order_reference, 'email', c.email, 'language', c.language,
    'created_at', c.created_at)
  from holdfast.contacts c
  where c.tenant_id = p_tenant_id and c.contact_id = p_contact_id
$$;

-- Checks that a request names one order or one reservation.
-- p_request jsonb. answer: invalid_request, reservation_not_found, or null.
-- An order is known by its name alone: its contact may come before it.
-- locks: none.
create or replace function holdfast_engine_N.check_contact_of(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  if num_nonnulls(p_request ->> 'reservation_id', p_request ->> 'order_reference') <> 1 then
    return holdfast_engine_N.refuse('invalid_request',
      'A contact is of either an order_reference or a reservation_id.',
      '{"field": "order_reference"}');
  end if;
  if p_request ->> 'reservation_id' is not null and not exists (
    select from holdfast.reservations r
    where r.tenant_id = p_tenant_id
      and r.reservation_id = holdfast_engine_N.uuid_of(p_request -> 'reservation_id')
  ) then
    return holdfast_engine_N.refuse('reservation_not_found', 'No reservation has this id.',
      jsonb_build_object('reservation_id', p_request -> 'reservation_id'));
  end if;
  return null;
end $$;

-- Says who is told about an order, or about a reservation that has no order yet; the new contact
-- takes the place of the one before.
-- p_request: {"order_reference" or "reservation_id", "email", "language"}. answer: {"ok",
-- "contact_id", "order_reference", "reservation_id", "language"}, without the address, since
-- answers are kept for their keys; or invalid_request, reservation_not_found. locks: the row.
create or replace function holdfast_engine_N.set_contact(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_contact_id int;
  v_order text := normalize(p_request ->> 'order_reference');
  v_reservation_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "order_reference": {"is": "code", "max": 255},
      "reservation_id": {"is": "text", "max": 36},
      "email": {"is": "text", "max": 254, "needed": true},
      "language": {"is": "text", "max": 35}}'),
    holdfast_engine_N.check_emails(p_request, '{email}'),
    holdfast_engine_N.check_language(p_request -> 'language'),
    holdfast_engine_N.check_contact_of(p_tenant_id, p_request));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  delete from holdfast.contacts c
  where c.tenant_id = p_tenant_id
    and (c.order_reference = v_order or c.reservation_id = v_reservation_id);
  insert into holdfast.contacts (
    tenant_id, reservation_id, order_reference, email, language, created_at
  ) values (
    p_tenant_id, v_reservation_id, v_order, holdfast_engine_N.email_of(p_request ->> 'email'),
    p_request ->> 'language', holdfast.clock()
  )
  on conflict do nothing returning contact_id into v_contact_id;
  if v_contact_id is null then
    return '{"again": true}'; -- somebody else has set it between the two statements
  end if;
  return '{"ok": true}'
    || (holdfast_engine_N.contact_row(p_tenant_id, v_contact_id) - 'email' - 'created_at');
end $$;

-- Lists contacts.
-- p_request: "order_reference", "reservation_id", "email" (those of just this one), "sort"
-- (created_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_contacts(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"order_reference": {"is": "text", "max": 255},
      "reservation_id": {"is": "text", "max": 36}, "email": {"is": "text", "max": 254}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select c.contact_id as id, c.created_at
      from holdfast.contacts c
      where c.tenant_id = $1
        and ($2 ->> 'order_reference' is null
          or c.order_reference = normalize($2 ->> 'order_reference'))
        and ($2 ->> 'reservation_id' is null
          or c.reservation_id = holdfast_engine_N.uuid_of($2 -> 'reservation_id'))
        and ($2 ->> 'email' is null or c.email = lower($2 ->> 'email'))
    $from$, v_sorts, '-created_at', 'contact_row'));
end $$;

-- Erases a person, or who is told of one order: contacts, and the address in every mail to them.
-- What waits to be sent to them is sent no more. Ledger and reservations have nothing of them.
-- p_request: {"email" or "order_reference" or "reservation_id"}. answer: {"ok", "contacts",
-- "mails": how many}, also where there is nothing. locks: the rows.
create or replace function holdfast_engine_N.erase_contacts(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_emails text[];
  v_contacts bigint;
  v_mails bigint;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "order_reference": {"is": "code", "max": 255},
    "reservation_id": {"is": "text", "max": 36},
    "email": {"is": "text", "max": 254}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if num_nonnulls(p_request ->> 'order_reference', p_request ->> 'reservation_id',
    p_request ->> 'email') <> 1
  then
    return holdfast_engine_N.refuse('invalid_request',
      'Name one of email, order_reference and reservation_id.', '{"field": "email"}');
  end if;
  with gone as (
    delete from holdfast.contacts c
    where c.tenant_id = p_tenant_id and (c.email = lower(p_request ->> 'email')
      or c.order_reference = normalize(p_request ->> 'order_reference')
      or c.reservation_id = holdfast_engine_N.uuid_of(p_request -> 'reservation_id'))
    returning c.email
  )
  select count(*), array_agg(distinct g.email) into v_contacts, v_emails from gone g;
  v_mails := holdfast_engine_N.erase_mails(p_tenant_id,
    coalesce(v_emails, '{}') || coalesce(lower(p_request ->> 'email'), ''),
    normalize(p_request ->> 'order_reference'), p_request ->> 'reservation_id');
  return jsonb_build_object('ok', true, 'contacts', v_contacts, 'mails', v_mails);
end $$;

-- Takes addresses out of the mails that went to customers.
-- p_emails text[]; p_order text, p_reservation text: only the mails about these, where one is
-- named. answer: how many mails.
-- locks: the rows of the mails.
create or replace function holdfast_engine_N.erase_mails(
  p_tenant_id int, p_emails text[], p_order text, p_reservation text
) returns bigint
language plpgsql volatile as $$
declare
  v_mails bigint;
begin
  with erased as (
    update holdfast.mails m set
      recipient = null, fault = null, due_at = null,
      state = case m.state when 'waiting' then 'erased' else m.state end
    where m.tenant_id = p_tenant_id and m.recipient = any (p_emails)
      and (p_order is null or m.data ->> 'order_reference' = p_order)
      and (p_reservation is null or m.data ->> 'reservation_id' = lower(p_reservation))
    returning 1
  )
  select count(*) into v_mails from erased;
  return v_mails;
end $$;

-- Who is told about an order.
-- p_order text, p_reservation_id uuid: what an event names, or null. answer: the contact's row, or
-- null. Who was named for the order goes before who was named for one of its reservations.
-- locks: none.
create or replace function holdfast_engine_N.contact_for(
  p_tenant_id int, p_order text, p_reservation_id uuid
) returns holdfast.contacts
language sql volatile as $$
  select c.* from holdfast.contacts c
  where c.tenant_id = p_tenant_id
    and (c.order_reference = p_order or c.reservation_id = p_reservation_id)
  order by c.order_reference is null limit 1
$$;
