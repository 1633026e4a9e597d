-- Reads an address of mail.
-- p_text text. answer: the address in small letters; null where it is none. ASCII alone: a domain
-- of other letters is written as xn--. What could end a header, or begin another, is none.
-- locks: none.
create or replace function holdfast_engine_N.email_of(p_text text) returns text
language sql immutable as $$
  select case when length(p_text) <= 254
    and p_text ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}$'
    and strpos(split_part(p_text, '@', 2) || '.', '..') = 0 -- a domain of names, none of them empty
    and strpos(p_text, '@.') = 0
  then lower(p_text) end
$$;

-- Checks fields that must be addresses of mail.
-- p_request jsonb; p_fields text[]: names of fields. answer: a refusal that names the field, or
-- null. A field that is absent or null is not looked at.
-- locks: none.
create or replace function holdfast_engine_N.check_emails(p_request jsonb, p_fields text[])
returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('invalid_request',
    f.field || ' must be an address of mail, like kim@example.com.',
    jsonb_build_object('field', f.field))
  from unnest(p_fields) with ordinality as f (field, n)
  where p_request ->> f.field is not null
    and holdfast_engine_N.email_of(p_request ->> f.field) is null
  order by f.n limit 1
$$;

-- Checks that a language is written as it should be.
-- p_language jsonb: a tag such as zh-CN, or null. answer: a refusal, or null.
-- A language that no mail is written in is kept: it is told in the tenant's.
-- locks: none.
create or replace function holdfast_engine_N.check_language(p_language jsonb) returns jsonb
language sql immutable as $$
  select case when p_language #>> '{}' !~ '^[A-Za-z]{2,3}-?[A-Za-z0-9-]{0,32}$'
      or strpos((p_language #>> '{}') || '-', '--') > 0
    then holdfast_engine_N.refuse('invalid_request',
      'language must be a language tag, like en or zh-CN.', '{"field": "language"}') end
$$;

-- In which language somebody is told.
-- p_language text: what was named for them; p_default text: the tenant's. answer: en or zh.
-- Chinese is the simplified one, whatever follows zh.
-- locks: none.
create or replace function holdfast_engine_N.language_of(p_language text, p_default text)
returns text
language sql immutable as $$
  select case lower(split_part(p_language, '-', 1))
    when 'zh' then 'zh' when 'en' then 'en' else coalesce(p_default, 'en') end
$$;
