import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { DurationField } from '../../parts/Duration.tsx'
import { CheckField, TextField } from '../../parts/Field.tsx'
import { Panel } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { words } from './words.ts'

type Tenant = Schemas['Tenant']

const typedOf = (tenant: Tenant) => ({
  name: tenant.name,
  cart: String(tenant.cart_window_seconds),
  order: String(tenant.order_window_seconds),
  extensions: String(tenant.extension_count_max),
  life: String(tenant.hold_life_seconds_max),
  tracked: tenant.tracked,
})

type Typed = ReturnType<typeof typedOf>

const bodyOf = ({ name, cart, order, extensions, life, tracked }: Typed) => ({
  name,
  cart_window_seconds: Number(cart),
  order_window_seconds: Number(order),
  extension_count_max: Number(extensions),
  hold_life_seconds_max: Number(life),
  tracked,
})

/** What holds where no rule says otherwise. */
export const ShopForm = ({ tenant }: { tenant: Tenant }) => {
  const t = useWords(words)
  const [typed, setTyped] = useState(typedOf(tenant))
  const { code } = tenant
  const save = useWrite(
    (typed: Typed) =>
      api.PATCH('/v1/tenants/{code}', { params: { path: { code } }, body: bodyOf(typed) }),
    ['tenants', 'policies', 'me', 'audit_log'],
    { quiet: true },
  )
  const before = typedOf(tenant)
  const same = JSON.stringify(before) === JSON.stringify(typed)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(typed, {
      onSuccess: () => tell({ text: t('saved'), undo: () => save.mutate(before) }),
    })
  }
  const set = (name: keyof Typed) => (value: string) => setTyped({ ...typed, [name]: value })
  return (
    <Panel
      title={t('shop')}
      sub={<span className="wide">{t('shopHelp')}</span>}
      end={
        <Link className="t12" to="/policies">
          {t('rules')}
        </Link>
      }
    >
      <form className="body stack" onSubmit={submit}>
        <div className="grid2">
          <TextField label={t('name')} value={typed.name} onChange={set('name')} maxLength={255} />
          <TextField
            label={t('extensions')}
            type="number"
            value={typed.extensions}
            onChange={set('extensions')}
          />
          <DurationField label={t('cart')} value={typed.cart} onChange={set('cart')} />
          <DurationField label={t('order')} value={typed.order} onChange={set('order')} />
          <DurationField
            label={t('life')}
            value={typed.life}
            onChange={set('life')}
            help={t('lifeHelp')}
          />
          <div className="stack tight">
            <CheckField
              checked={typed.tracked}
              onChange={tracked => setTyped({ ...typed, tracked })}
            >
              {t('tracked')}
              <span className="block t12 mut">{t('trackedHelp')}</span>
            </CheckField>
            {!typed.tracked && (
              <div className="note danger">
                <StatusShape shape="triangle" size={15} />
                <p>{t('trackedOff')}</p>
              </div>
            )}
          </div>
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
