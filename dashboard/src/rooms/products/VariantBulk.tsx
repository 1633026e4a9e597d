import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Product, type Variant } from '../../api/client.ts'
import { answerOf, problemOf } from '../../api/problem.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { failed, tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { forEachOf } from './variants.ts'
import { words } from './words.ts'

type Chosen = { product: Product; variants: Variant[]; onDone: () => void }

const useEach = ({ product, variants, onDone }: Chosen) => {
  const t = useWords(words)
  const client = useQueryClient()
  const [done, setDone] = useState<number>()
  const path = { handle: product.handle }
  const refresh = () => {
    for (const resource of ['variants', 'products', 'skus', 'inventory', 'levels']) {
      client.invalidateQueries({ queryKey: [resource] })
    }
  }
  const run = async (work: (variant: Variant) => Promise<unknown>) => {
    setDone(0)
    const failures = await forEachOf(variants, work, setDone)
    setDone(undefined)
    refresh()
    const count = variants.length - failures.length
    if (count > 0) tell({ text: t('bulkDone', { count }) })
    if (failures.length > 0) failed(problemOf(failures[0]))
    onDone()
  }
  return {
    done,
    refresh,
    archive: () =>
      run(({ option_values }) =>
        answerOf(
          api.POST('/v1/products/{handle}/variants/archive', {
            params: { path },
            body: { option_values },
          }),
        ),
      ),
    unarchive: () =>
      run(({ option_values }) =>
        answerOf(
          api.POST('/v1/products/{handle}/variants/unarchive', {
            params: { path },
            body: { option_values },
          }),
        ),
      ),
    track: (tracked: boolean) =>
      run(({ sku }) =>
        answerOf(
          api.PATCH('/v1/skus/{code}', { params: { path: { code: sku } }, body: { tracked } }),
        ),
      ),
  }
}

const Receive = ({ variants, onDone, onClose }: Chosen & { onClose: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { data } = useLocations()
  const places = data?.data ?? []
  const [location, setLocation] = useState('')
  const [text, setText] = useState('')
  const at = location || places[0]?.code || ''
  const quantity = wholeOf(text)
  const ready = quantity !== null && quantity > 0 && at !== ''
  const receive = useWrite(
    (units: number) =>
      api.POST('/v1/stock/receive', {
        body: { lines: variants.map(({ sku }) => ({ sku, location: at, quantity: units })) },
      }),
    ['inventory', 'levels', 'skus', 'transactions'],
    { quiet: true },
  )
  const submit = () => {
    if (!ready) return
    receive.mutate(quantity, {
      onSuccess: () => {
        tell({ text: t('bulkDone', { count: variants.length }) })
        onDone()
      },
    })
  }
  return (
    <Dialog
      title={t('receiveTitle', { count: variants.length })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('bulkReceive')}
          ready={ready}
          busy={receive.isPending}
          onClose={onClose}
        />
      }
    >
      <div className="fields">
        <SelectField
          label={f('location')}
          value={at}
          options={places.map(({ code, name }) => ({ value: code, title: name }))}
          onChange={setLocation}
        />
        <TextField
          label={t('receiveEach')}
          value={text}
          onChange={setText}
          maxLength={13}
          autoFocus
        />
      </div>
      {receive.error && <Refusal problem={receive.error} />}
    </Dialog>
  )
}

/** What can be done with all variants of a row, a column, or any choice of them. */
export const VariantBulk = (chosen: Chosen) => {
  const t = useWords(words)
  const { variants, onDone } = chosen
  const { done, archive, unarchive, track } = useEach(chosen)
  const [receiving, setReceiving] = useState(false)
  const away = variants.every(({ archived_at }) => archived_at !== null)
  const counted = variants.every(({ tracked }) => tracked)
  const busy = done !== undefined
  return (
    <footer className="bulk">
      <b>
        {busy
          ? t('progress', { done, total: variants.length })
          : t('chosen', { count: variants.length })}
      </b>
      <button type="button" className="btn sm" disabled={busy} onClick={() => setReceiving(true)}>
        {t('bulkReceive')}
      </button>
      <button type="button" className="btn sm" disabled={busy} onClick={() => track(!counted)}>
        {counted ? t('bulkUntrack') : t('bulkTrack')}
      </button>
      <button type="button" className="btn sm" disabled={busy} onClick={away ? unarchive : archive}>
        {away ? t('bulkUnarchive') : t('bulkArchive')}
      </button>
      <button type="button" className="btn ghost sm end" onClick={onDone}>
        {t('bulkNone')}
      </button>
      {receiving && <Receive {...chosen} onClose={() => setReceiving(false)} />}
    </footer>
  )
}
