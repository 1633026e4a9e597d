import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useLocationChoices } from '../../parts/LocationName.tsx'
import { words } from './words.ts'

const empty = { code: '', sku: '', location: '', quantity: '', from: '', to: '' }
type Typed = typeof empty

export const changedBySupply = ['supply', 'promises', 'backorders', 'levels', 'inventory']

const bodyOf = ({ code, sku, location, quantity, from, to }: Typed) => ({
  ...{ code, sku, location },
  quantity: Number(quantity),
  expected_on: from,
  ...(to && { expected_to: to }),
})

/** Books units that are expected, with their day; `sku` is filled in. */
export const Book = ({ sku, onClose }: { sku: string; onClose: () => void }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [typed, setTyped] = useState({ ...empty, sku })
  const places = useLocationChoices()
  const asked = { ...typed, location: typed.location || (places[0]?.value ?? '') }
  const book = useWrite(
    (typed: Typed) => api.POST('/v1/supply', { body: bodyOf(typed) }),
    changedBySupply,
    { quiet: true },
  )
  const count = Number(typed.quantity)
  const ready =
    [asked.code, asked.sku, asked.from].every(text => text !== '') && count > 0 && !book.isPending
  const submit = () =>
    book.mutate(asked, {
      onSuccess: ({ code }) => {
        tell({ text: t('booked', { code }) })
        onClose()
        navigate({ to: '/supply/$supply', params: { supply: code } as never })
      },
    })
  const set = (name: keyof Typed) => (value: string) => setTyped({ ...typed, [name]: value })
  return (
    <Dialog
      title={t('book')}
      onClose={onClose}
      onSubmit={() => ready && submit()}
      foot={
        <DialogFoot
          does={count > 0 ? t('bookDo', { count }) : t('book')}
          ready={ready}
          busy={book.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('code')}
        value={typed.code}
        onChange={set('code')}
        help={t('codeHelp')}
        maxLength={100}
        required
        autoFocus
      />
      <TextField label={t('sku')} value={typed.sku} onChange={set('sku')} mono required />
      <SelectField
        label={t('location')}
        value={asked.location}
        options={places}
        onChange={set('location')}
      />
      <TextField
        label={t('units')}
        type="number"
        value={typed.quantity}
        onChange={set('quantity')}
        required
      />
      <div className="grid2">
        <TextField
          label={t('expectedOn')}
          type="date"
          value={typed.from}
          onChange={set('from')}
          required
        />
        <TextField
          label={t('expectedTo')}
          type="date"
          value={typed.to}
          onChange={set('to')}
          help={t('expectedToHelp')}
        />
      </div>
      {book.error && <Refusal problem={book.error} />}
    </Dialog>
  )
}
