import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { CheckField, SelectField, TextField } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { words } from './words.ts'

export type Kit = Schemas['Kit']

type Part = { id: number; sku: string; quantity: string }
type Typed = { sku: string; assembled: boolean; partial: boolean; parts: Part[] }

const firstTyped = (kit?: Kit): Typed => ({
  sku: kit?.sku ?? '',
  assembled: kit?.assembled ?? false,
  partial: kit?.ships_partial ?? false,
  parts: kit?.components.map(({ sku, quantity }, id) => ({
    id,
    sku,
    quantity: String(quantity),
  })) ?? [
    { id: 0, sku: '', quantity: '1' },
    { id: 1, sku: '', quantity: '1' },
  ],
})

const bodyOf = ({ sku, assembled, partial, parts }: Typed) => ({
  sku,
  assembled,
  ships_partial: partial,
  components: parts
    .filter(part => part.sku !== '')
    .map(part => ({ sku: part.sku, quantity: Number(part.quantity) })),
})

/** One line for each component, and one more. */
const Parts = ({ parts, onChange }: { parts: Part[]; onChange: (parts: Part[]) => void }) => {
  const t = useWords(words)
  const set = (id: number, change: Partial<Part>) =>
    onChange(parts.map(part => (part.id === id ? { ...part, ...change } : part)))
  const next = Math.max(-1, ...parts.map(({ id }) => id)) + 1
  return (
    <fieldset className="stack tight">
      <legend className="label">{t('components')}</legend>
      {parts.map(({ id, sku, quantity }) => (
        <div key={id} className="row gap4">
          <input
            className="input mono"
            aria-label={t('component')}
            placeholder={t('component')}
            value={sku}
            maxLength={255}
            onChange={event => set(id, { sku: event.target.value })}
          />
          <input
            className="input short"
            type="number"
            min={1}
            inputMode="numeric"
            aria-label={t('inOne')}
            title={t('inOne')}
            value={quantity}
            onChange={event => set(id, { quantity: event.target.value })}
          />
          <button
            type="button"
            className="btn ghost icon"
            aria-label={t('dropComponent', { sku })}
            onClick={() => onChange(parts.filter(part => part.id !== id))}
          >
            <Icon name="cross" size={12} />
          </button>
        </div>
      ))}
      <div>
        <button
          type="button"
          className="btn sm"
          onClick={() => onChange([...parts, { id: next, sku: '', quantity: '1' }])}
        >
          <Icon name="plus" size={12} />
          {t('addComponent')}
        </button>
      </div>
    </fieldset>
  )
}

/** Makes a kit of a SKU, or says anew what it is made of. */
export const KitDialog = ({ kit, onClose }: { kit?: Kit; onClose: () => void }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [typed, setTyped] = useState(firstTyped(kit))
  const save = useWrite(
    (typed: Typed) => api.POST('/v1/kits', { body: bodyOf(typed) }),
    ['kits', 'levels', 'availability'],
    { quiet: true },
  )
  const ready = typed.sku !== '' && bodyOf(typed).components.length > 0 && !save.isPending
  const submit = () =>
    save.mutate(typed, {
      onSuccess: ({ sku }) => {
        tell({ text: t('saved', { sku }) })
        onClose()
        navigate({ to: '/kits/$kit', params: { kit: sku } as never })
      },
    })
  return (
    <Dialog
      title={kit === undefined ? t('newKit') : kit.sku}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      foot={<DialogFoot does={t('make')} ready={ready} busy={save.isPending} onClose={onClose} />}
    >
      {kit === undefined && (
        <TextField
          label={t('sku')}
          value={typed.sku}
          onChange={sku => setTyped({ ...typed, sku })}
          help={t('skuHelp')}
          maxLength={255}
          required
          autoFocus
          mono
        />
      )}
      <Parts parts={typed.parts} onChange={parts => setTyped({ ...typed, parts })} />
      <SelectField
        label={t('kind')}
        value={typed.assembled ? 'assembled' : 'virtual'}
        options={[
          { value: 'virtual', title: t('virtual') },
          { value: 'assembled', title: t('assembled') },
        ]}
        onChange={kind => setTyped({ ...typed, assembled: kind === 'assembled' })}
        help={t(typed.assembled ? 'assembledHelp' : 'virtualHelp')}
      />
      {!typed.assembled && (
        <CheckField checked={typed.partial} onChange={partial => setTyped({ ...typed, partial })}>
          {t('shipsPartial')}
        </CheckField>
      )}
      {kit !== undefined && <p className="t12 mut">{t('keepsSold')}</p>}
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}
