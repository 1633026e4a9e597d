import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { CheckField, SelectField, TextField } from '../../parts/Field.tsx'
import { Panel } from '../../parts/Page.tsx'
import { words } from './words.ts'

type MailSettings = Schemas['MailSettings']

const texts = ['shop_name', 'from_address', 'reply_to', 'logo_url', 'colour', 'public_url'] as const

const typedOf = (settings: MailSettings) => ({
  ...(Object.fromEntries(texts.map(name => [name, settings[name] ?? ''])) as Record<
    (typeof texts)[number],
    string
  >),
  language: settings.language,
  customer_mails: settings.customer_mails,
})

type Typed = ReturnType<typeof typedOf>

/** An empty field takes back what was said. */
const bodyOf = (typed: Typed) => ({
  ...typed,
  ...Object.fromEntries(texts.map(name => [name, typed[name] === '' ? null : typed[name]])),
})

/** From whom mails are, and how they look. */
export const MailForm = ({ settings }: { settings: MailSettings }) => {
  const t = useWords(words)
  const [typed, setTyped] = useState(typedOf(settings))
  const save = useWrite(
    (typed: Typed) => api.PATCH('/v1/mail/settings', { body: bodyOf(typed) }),
    ['mail_settings', 'mails', 'audit_log'],
    { quiet: true },
  )
  const before = typedOf(settings)
  const same = JSON.stringify(before) === JSON.stringify(typed)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(typed, {
      onSuccess: () => tell({ text: t('saved'), undo: () => save.mutate(before) }),
    })
  }
  const of = (name: (typeof texts)[number]) => ({
    value: typed[name],
    onChange: (value: string) => setTyped({ ...typed, [name]: value }),
  })
  return (
    <Panel
      title={t('mail')}
      sub={<span className="wide">{t('mailHelp')}</span>}
      end={
        <Link className="t12" to="/mails/preview">
          {t('preview')}
        </Link>
      }
    >
      <form className="body stack" onSubmit={submit}>
        <div className="grid2">
          <TextField label={t('shopName')} placeholder={settings.name} {...of('shop_name')} />
          <SelectField
            label={t('language')}
            value={typed.language}
            options={[
              { value: 'en', title: t('en') },
              { value: 'zh', title: t('zh') },
            ]}
            onChange={language => setTyped({ ...typed, language })}
            help={t('languageHelp')}
          />
          <TextField label={t('from')} type="email" help={t('fromHelp')} {...of('from_address')} />
          <TextField label={t('replyTo')} type="email" {...of('reply_to')} />
          <TextField label={t('logo')} type="url" help={t('logoHelp')} {...of('logo_url')} />
          <TextField label={t('colour')} help={t('colourHelp')} mono {...of('colour')} />
          <TextField
            label={t('publicUrl')}
            type="url"
            help={t('publicUrlHelp')}
            {...of('public_url')}
          />
          <CheckField
            checked={typed.customer_mails}
            onChange={customer_mails => setTyped({ ...typed, customer_mails })}
          >
            {t('customerMails')}
            <span className="block t12 mut">{t('customerMailsHelp')}</span>
          </CheckField>
        </div>
        {save.error && <Refusal problem={save.error} />}
        <div>
          <button type="submit" className="btn primary" disabled={same || save.isPending}>
            {t('save')}
          </button>
        </div>
      </form>
    </Panel>
  )
}
