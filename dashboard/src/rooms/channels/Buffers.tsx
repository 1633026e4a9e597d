import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName, useLocationChoices } from '../../parts/LocationName.tsx'
import { Panel } from '../../parts/Page.tsx'
import { Rows } from '../../parts/Rows.tsx'
import { SkuField } from '../../parts/SkuField.tsx'
import { words } from './words.ts'

type Buffer = Schemas['ChannelBuffer']
const SHOWN_MAX = 100

const BufferDialog = (props: { channel: string; buffer: Buffer | null; onClose: () => void }) => {
  const { channel, buffer, onClose } = props
  const t = useWords(words)
  const [sku, setSku] = useState(buffer?.sku ?? '')
  const places = useLocationChoices()
  const [chosen, setLocation] = useState(buffer?.location ?? '')
  const location = chosen || (places[0]?.value ?? '')
  const [size, setSize] = useState(String(buffer?.size ?? ''))
  const save = useWrite(
    () =>
      api.POST('/v1/buffers', {
        body: { lines: [{ sku, location, channel, quantity: Number(size) }] },
      }),
    ['buffers'],
    { quiet: true },
  )
  const submit = () =>
    save.mutate(undefined, {
      onSuccess: ({ lines: [kept] }) => {
        if (kept) tell({ text: t(kept.size === 0 ? 'keptEnded' : 'keptIt', kept) })
        onClose()
      },
    })
  return (
    <Dialog
      title={t('keepTitle', { channel })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('keepDo')}
          ready={sku !== '' && location !== '' && size !== ''}
          busy={save.isPending}
          onClose={onClose}
        />
      }
    >
      <SkuField label={t('sku')} value={sku} onChange={setSku} autoFocus={buffer === null} />
      <SelectField label={t('location')} value={location} options={places} onChange={setLocation} />
      <TextField
        label={t('keepUnits')}
        type="number"
        value={size}
        onChange={setSize}
        help={t('keepHelp')}
        autoFocus={buffer !== null}
      />
      {save.error && <Refusal problem={save.error} />}
    </Dialog>
  )
}

/** What is kept for a channel, and what it may sell there. */
export const BuffersOf = ({ code }: { code: string }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const may = useMay('stock')
  const [edited, setEdited] = useState<Buffer | null | undefined>()
  const buffers = useRead(['buffers', code], signal =>
    api.GET('/v1/buffers', { params: { query: { channel: code, limit: SHOWN_MAX } }, signal }),
  )
  return (
    <Panel
      title={t('buffers')}
      end={
        may && (
          <button type="button" className="btn sm" onClick={() => setEdited(null)}>
            {t('keep')}
          </button>
        )
      }
    >
      <Answer of={buffers} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="body mut">{t('buffersNone')}</p>
          ) : (
            <Rows<Buffer>
              caption={t('buffers')}
              rows={data}
              keyOf={({ sku, location }) => `${sku} ${location}`}
              {...(may && { onOpen: setEdited })}
              columns={[
                { title: t('sku'), cell: ({ sku }) => <code>{sku}</code> },
                { title: t('location'), cell: ({ location }) => <LocationName code={location} /> },
                { title: t('keptNow'), end: true, cell: ({ units }) => number(units) },
                { title: t('keptOf'), end: true, cell: ({ size }) => number(size) },
                { title: t('maySell'), end: true, cell: ({ sellable }) => number(sellable) },
              ]}
            />
          )
        }
      </Answer>
      {edited !== undefined && (
        <BufferDialog channel={code} buffer={edited} onClose={() => setEdited(undefined)} />
      )}
    </Panel>
  )
}
