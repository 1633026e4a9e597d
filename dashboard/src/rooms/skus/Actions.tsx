import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { api, type Sku } from '../../api/client.ts'
import type { Problem } from '../../api/problem.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useKeys } from '../../frame/keys.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { words } from './words.ts'

const TOUCHED = ['skus', 'inventory', 'levels', 'transactions']
type Closing = { sku: Sku; onClose: () => void }

type Asked = {
  title: string
  button: string
  ready: boolean
  busy: boolean
  danger?: boolean
  problem: Problem | null
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

const Ask = ({ title, button, ready, busy, danger, problem, ...rest }: Asked) => (
  <Dialog
    title={title}
    onClose={rest.onClose}
    onSubmit={() => ready && rest.onSubmit()}
    foot={
      <DialogFoot does={button} ready={ready} busy={busy} danger={danger} onClose={rest.onClose} />
    }
  >
    {rest.children}
    {problem && <Refusal problem={problem} />}
  </Dialog>
)

const Rename = ({ sku, onClose }: Closing) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [to, setTo] = useState(sku.code)
  const path = { code: sku.code }
  const rename = useWrite(
    (code: string) => api.POST('/v1/skus/{code}/rename', { params: { path }, body: { to: code } }),
    TOUCHED,
    { quiet: true },
  )
  const submit = () =>
    rename.mutate(to.trim(), {
      onSuccess: () => {
        tell({ text: t('renamed', { from: sku.code, to: to.trim() }) })
        onClose()
        navigate({ to: '/skus/$sku', params: { sku: to.trim() } as never, replace: true })
      },
    })
  return (
    <Ask
      title={t('renameTitle', { sku: sku.code })}
      button={t('rename')}
      ready={to.trim() !== '' && to.trim() !== sku.code}
      busy={rename.isPending}
      problem={rename.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t('renameTo')}
        value={to}
        onChange={setTo}
        help={t('renameHelp')}
        maxLength={255}
        mono
        autoFocus
      />
    </Ask>
  )
}

const Merge = ({ sku, onClose }: Closing) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [into, setInto] = useState('')
  const path = { code: sku.code }
  const merge = useWrite(
    (code: string) => api.POST('/v1/skus/{code}/merge', { params: { path }, body: { into: code } }),
    TOUCHED,
    { quiet: true },
  )
  const submit = () =>
    merge.mutate(into.trim(), {
      onSuccess: answer => {
        tell({ text: t('merged', { from: sku.code, to: answer.code }) })
        onClose()
        navigate({ to: '/skus/$sku', params: { sku: answer.code } as never, replace: true })
      },
    })
  return (
    <Ask
      title={t('mergeTitle', { sku: sku.code })}
      button={t('merge')}
      danger
      ready={into.trim() !== '' && into.trim() !== sku.code}
      busy={merge.isPending}
      problem={merge.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t('mergeInto')}
        value={into}
        onChange={setInto}
        help={t('mergeHelp')}
        maxLength={255}
        mono
        autoFocus
      />
    </Ask>
  )
}

const Receive = ({ sku, onClose }: Closing) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { data } = useLocations()
  const places = data?.data ?? []
  const [location, setLocation] = useState('')
  const [text, setText] = useState('')
  const [document, setDocument] = useState('')
  const at = location || places[0]?.code || ''
  const quantity = wholeOf(text)
  const receive = useWrite(
    (line: { sku: string; location: string; quantity: number }) =>
      api.POST('/v1/stock/receive', {
        body: { lines: [line], ...(document.trim() ? { document: document.trim() } : {}) },
      }),
    TOUCHED,
    { quiet: true },
  )
  const submit = () => {
    if (quantity === null) return
    const done = () => {
      const name = places.find(({ code }) => code === at)?.name ?? at
      tell({ text: t('received', { count: quantity, location: name }) })
      onClose()
    }
    receive.mutate({ sku: sku.code, location: at, quantity }, { onSuccess: done })
  }
  return (
    <Ask
      title={t('receiveTitle', { sku: sku.code })}
      button={t('receive')}
      ready={quantity !== null && quantity > 0 && at !== ''}
      busy={receive.isPending}
      problem={receive.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="fields">
        <SelectField
          label={f('location')}
          value={at}
          options={places.map(({ code, name }) => ({ value: code, title: name }))}
          onChange={setLocation}
        />
        <TextField label={f('quantity')} value={text} onChange={setText} maxLength={13} autoFocus />
      </div>
      <TextField
        label={`${t('document')} (${f('optional')})`}
        value={document}
        onChange={setDocument}
        maxLength={255}
      />
    </Ask>
  )
}

const useArchive = (sku: Sku) => {
  const t = useWords(words)
  const path = { code: sku.code }
  const back = useWrite(() => api.POST('/v1/skus/{code}/unarchive', { params: { path } }), TOUCHED)
  const archive = useWrite(() => api.POST('/v1/skus/{code}/archive', { params: { path } }), TOUCHED)
  const track = useWrite(
    (tracked: boolean) => api.PATCH('/v1/skus/{code}', { params: { path }, body: { tracked } }),
    TOUCHED,
  )
  const putBack = () =>
    back.mutate(undefined, { onSuccess: () => tell({ text: t('unarchived', { sku: sku.code }) }) })
  const putAway = () =>
    archive.mutate(undefined, {
      onSuccess: () => tell({ text: t('archivedDone', { sku: sku.code }), undo: putBack }),
    })
  return { putBack, putAway, track }
}

/** What can be done with a SKU as a whole. */
export const Actions = ({ sku }: { sku: Sku }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const [opened, setOpened] = useState<'rename' | 'merge' | 'receive'>()
  const { putBack, putAway, track } = useArchive(sku)
  useKeys(
    sku.code,
    stock ? [{ keys: 'r', title: t('receive'), run: () => setOpened('receive') }] : [],
  )
  if (!stock) return null
  const close = () => setOpened(undefined)
  return (
    <>
      <button type="button" className="btn primary" onClick={() => setOpened('receive')}>
        {t('receive')}
        <kbd className="wide">R</kbd>
      </button>
      <Menu
        button={
          <button type="button" className="btn icon" aria-label={t('more2')}>
            <Icon name="more" />
          </button>
        }
        entries={[
          { title: t('rename'), icon: 'pencil', run: () => setOpened('rename') },
          { title: t('merge'), icon: 'link', run: () => setOpened('merge') },
          sku.tracked
            ? { title: t('untrack'), icon: 'warning', run: () => track.mutate(false) }
            : { title: t('track'), icon: 'check', run: () => track.mutate(true) },
          'line',
          sku.archived_at === null
            ? { title: t('archive'), icon: 'trash', danger: true, run: putAway }
            : { title: t('unarchive'), icon: 'undo', run: putBack },
        ]}
      />
      {opened === 'rename' && <Rename sku={sku} onClose={close} />}
      {opened === 'merge' && <Merge sku={sku} onClose={close} />}
      {opened === 'receive' && <Receive sku={sku} onClose={close} />}
    </>
  )
}
