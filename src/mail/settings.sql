-- The settings of a tenant's mails.
-- p_tenant_id int. answer: jsonb; "name": what the shop is called in mails.
-- A tenant that has set nothing has the defaults.
-- locks: none.
create or replace function holdfast_engine_N.mail_settings_row(p_tenant_id int) returns jsonb
language sql volatile as $$
  select jsonb_build_object('shop_name', s.shop_name, 'name', coalesce(s.shop_name, t.name),
    'from_address', s.from_address, 'reply_to', s.reply_to, 'logo_url', s.logo_url,
    'colour', s.colour, 'language', coalesce(s.language, 'en'), 'public_url', s.public_url,
    'customer_mails', coalesce(s.customer_mails, true), 'changed_at', s.changed_at)
  from holdfast.tenants t
  left join holdfast.mail_settings s on s.tenant_id = t.tenant_id
  where t.tenant_id = p_tenant_id
$$;

-- Shows the settings of a tenant's mails.
-- p_request: {}. answer: the settings.
-- Also of a tenant that has set nothing.
-- locks: none.
create or replace function holdfast_engine_N.get_mail_settings(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select '{"ok": true}' || holdfast_engine_N.mail_settings_row(p_tenant_id)
$$;

-- Checks the settings of mails.
-- p_request jsonb. answer: a refusal that names the field, or null.
-- Addresses of the web are read by people's mail programs: http and https alone.
-- locks: none.
create or replace function holdfast_engine_N.check_mail_settings(p_request jsonb) returns jsonb
language sql immutable as $$
  select coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "shop_name": {"is": "code", "max": 100},
      "from_address": {"is": "text", "max": 254},
      "reply_to": {"is": "text", "max": 254},
      "logo_url": {"is": "text", "max": 2000},
      "colour": {"is": "text", "max": 7},
      "language": {"is": "choice", "of": ["en", "zh"]},
      "public_url": {"is": "text", "max": 2000},
      "customer_mails": {"is": "boolean"}}'),
    holdfast_engine_N.check_emails(p_request, '{from_address,reply_to}'),
    (select holdfast_engine_N.refuse('invalid_request',
        f.field || ' must be an address that begins with https:// or http://.',
        jsonb_build_object('field', f.field))
      from (values ('logo_url'), ('public_url')) as f (field)
      where p_request ->> f.field !~ '^https?://[A-Za-z0-9.:\[\]-]+(/[^\s<>"''\\^`{|}]*)?$'
      limit 1),
    case when p_request ->> 'colour' !~ '^#[0-9A-Fa-f]{6}$' then
      holdfast_engine_N.refuse('invalid_request',
        'colour must be six hexadecimal digits after #, like #1f6feb.', '{"field": "colour"}') end)
$$;

-- Changes the settings of a tenant's mails; a field that is absent stays, null takes it back.
-- p_request: {"shop_name", "from_address", "reply_to", "logo_url", "colour", "language",
-- "public_url", "customer_mails"}. answer: the settings, or invalid_request, too_large.
-- locks: the row of the settings.
create or replace function holdfast_engine_N.set_mail_settings(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_mail_settings(p_request);
  v_now timestamptz;
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into holdfast.mail_settings (tenant_id, changed_at)
  values (p_tenant_id, holdfast.clock()) on conflict do nothing;
  perform 1 from holdfast.mail_settings s where s.tenant_id = p_tenant_id for no key update;
  v_now := holdfast.clock();
  update holdfast.mail_settings s set
    shop_name = case when p_request ? 'shop_name'
      then normalize(p_request ->> 'shop_name') else s.shop_name end,
    from_address = case when p_request ? 'from_address'
      then holdfast_engine_N.email_of(p_request ->> 'from_address') else s.from_address end,
    reply_to = case when p_request ? 'reply_to'
      then holdfast_engine_N.email_of(p_request ->> 'reply_to') else s.reply_to end,
    logo_url = case when p_request ? 'logo_url' then p_request ->> 'logo_url' else s.logo_url end,
    colour = case when p_request ? 'colour' then lower(p_request ->> 'colour') else s.colour end,
    language = coalesce(p_request ->> 'language', case when not p_request ? 'language'
      then s.language end, 'en'),
    public_url = case when p_request ? 'public_url'
      then rtrim(p_request ->> 'public_url', '/') else s.public_url end,
    customer_mails = coalesce((p_request ->> 'customer_mails')::boolean,
      case when not p_request ? 'customer_mails' then s.customer_mails end, true),
    changed_at = v_now
  where s.tenant_id = p_tenant_id;
  return '{"ok": true}' || holdfast_engine_N.mail_settings_row(p_tenant_id);
end $$;
