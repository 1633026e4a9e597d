import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { CheckField, SelectField, TextField } from '../../parts/Field.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { SkuField } from '../../parts/SkuField.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { Refused } from './Refused.tsx'
import { words } from './words.ts'

const MINUTE = 60

/** Units kept back by a person: for a while, or, with an owner, until somebody looks again. */
export const Hold = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const navigate = useNavigate()
  const { data } = useLocations()
  const [form, setForm] = useState({ sku: '', location: '', units: '1', whom: '', minutes: '30' })
  const [endless, setEndless] = useState(false)
  const quantity = wholeOf(form.units)
  const minutes = wholeOf(form.minutes)
  const whom = form.whom.trim()
  const ready =
    form.sku.trim() !== '' &&
    quantity !== null &&
    quantity > 0 &&
    (endless ? whom !== '' : minutes !== null && minutes > 0)
  const hold = useWrite(
    (units: number) =>
      api.POST('/v1/reservations', {
        body: {
          lines: [
            {
              sku: form.sku.trim(),
              quantity: units,
              ...(form.location === '' ? {} : { location: form.location }),
            },
          ],
          tags: ['staff'],
          ...(endless ? { owner: whom } : { hold_seconds: (minutes ?? 1) * MINUTE }),
          ...(!endless && whom !== '' ? { buyer: whom } : {}),
        },
      }),
    ['reservations', 'inventory', 'levels', 'transactions'],
    { quiet: true },
  )
  const submit = () => {
    if (!ready || quantity === null) return
    hold.mutate(quantity, {
      onSuccess: answer => {
        tell({ text: t('heldNow', { count: quantity }) })
        navigate({
          to: '/reservations/$reservation',
          params: { reservation: answer.reservation_id } as never,
        })
      },
    })
  }
  return (
    <Dialog
      title={t('holdTitle')}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('holdDo', { count: quantity ?? 0 })}
          ready={ready}
          busy={hold.isPending}
          onClose={onClose}
        />
      }
    >
      <SkuField
        label={t('holdSku')}
        value={form.sku}
        onChange={sku => setForm({ ...form, sku })}
        autoFocus
      />
      <div className="fields">
        <TextField
          label={f('quantity')}
          value={form.units}
          onChange={units => setForm({ ...form, units })}
          maxLength={13}
        />
        <SelectField
          label={t('holdWhere')}
          value={form.location}
          options={[
            { value: '', title: t('holdAnywhere') },
            ...(data?.data ?? []).map(({ code, name }) => ({ value: code, title: name })),
          ]}
          onChange={location => setForm({ ...form, location })}
        />
      </div>
      <TextField
        label={t('holdFor')}
        value={form.whom}
        onChange={text => setForm({ ...form, whom: text })}
        maxLength={255}
      />
      {!endless && (
        <TextField
          label={t('holdEnd')}
          value={form.minutes}
          onChange={text => setForm({ ...form, minutes: text })}
          maxLength={6}
        />
      )}
      <CheckField checked={endless} onChange={setEndless}>
        {t('holdNoEnd')}
      </CheckField>
      {hold.error && <Refused problem={hold.error} />}
    </Dialog>
  )
}
