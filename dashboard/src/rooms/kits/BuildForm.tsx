import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationChoices, useLocationNames } from '../../parts/LocationName.tsx'
import { Panel } from '../../parts/Page.tsx'
import type { Kit } from './KitDialog.tsx'
import { words } from './words.ts'

type Asked = { verb: 'build' | 'break-down'; location: string; quantity: number; reason: string }

const changes = ['levels', 'availability', 'inventory', 'transactions']

const useBuild = (code: string) => {
  const params = { path: { code } }
  return useWrite(
    ({ verb, location, quantity, reason }: Asked) => {
      const body = { location, quantity, ...(reason && { reason }) }
      return verb === 'build'
        ? api.POST('/v1/kits/{code}/build', { params, body })
        : api.POST('/v1/kits/{code}/break-down', { params, body })
    },
    changes,
    { quiet: true },
  )
}

/** Builds kits of their components, or breaks them down; each is the other's undo. */
export const BuildForm = ({ kit }: { kit: Kit }) => {
  const t = useWords(words)
  const { number, change } = useFormat()
  const [location, setLocation] = useState('')
  const [quantity, setQuantity] = useState('1')
  const [reason, setReason] = useState('')
  const build = useBuild(kit.sku)
  const nameOf = useLocationNames()
  const places = useLocationChoices()
  const at = location || places[0]?.value || ''
  const run = (verb: Asked['verb']) => {
    const asked = { verb, location: at, quantity: Number(quantity), reason }
    const opposite = { ...asked, verb: verb === 'build' ? 'break-down' : 'build' } as Asked
    build.mutate(asked, {
      onSuccess: done =>
        tell({
          text: t(verb === 'build' ? 'built' : 'brokenDown', {
            count: done.quantity,
            sku: done.sku,
            location: nameOf(done.location),
          }),
          undo: () => build.mutate(opposite),
        }),
    })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run('build')
  }
  const ready = at !== '' && Number(quantity) > 0 && !build.isPending
  return (
    <Panel title={t('buildTitle')}>
      <form className="body stack" onSubmit={submit}>
        <div className="grid2">
          <SelectField label={t('where')} value={at} options={places} onChange={setLocation} />
          <TextField
            label={t('howMany')}
            type="number"
            value={quantity}
            onChange={setQuantity}
            required
          />
        </div>
        <TextField label={t('reason')} value={reason} onChange={setReason} maxLength={255} />
        <p className="t12 mut">{t('before')}</p>
        {build.error && <Refusal problem={build.error} />}
        <div className="row">
          <button type="submit" className="btn primary" disabled={!ready}>
            {t('build')}
          </button>
          <button type="button" className="btn" disabled={!ready} onClick={() => run('break-down')}>
            {t('breakDown')}
          </button>
        </div>
        {build.data && (
          <dl className="changes" aria-label={t('afterwards')}>
            {build.data.lines.map(line => (
              <div key={line.sku}>
                <dt className="mono">{line.sku}</dt>
                <dd>
                  <span className="mut">{change(line.change)}</span> → <b>{number(line.on_hand)}</b>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </form>
    </Panel>
  )
}
