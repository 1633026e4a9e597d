import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { CheckField, Field, Segments, TextField } from '../../parts/Field.tsx'
import { Secret } from '../../parts/Secret.tsx'
import { words } from './words.ts'

export const scopes = ['read', 'sell', 'stock', 'admin'] as const
type Scope = (typeof scopes)[number]
type Mode = 'live' | 'test'

/** The key itself, this once, with the call that proves it. */
const Made = ({ made, onClose }: { made: Schemas['NewApiKey']; onClose: () => void }) => {
  const t = useWords(words)
  const call = `curl ${window.location.origin}/v1/levels -H "Authorization: Bearer ${made.key}"`
  return (
    <Dialog
      title={t('madeTitle', { name: made.name })}
      stays
      onClose={onClose}
      onSubmit={onClose}
      size={560}
      foot={
        <button type="submit" className="btn primary">
          {t('done')}
        </button>
      }
    >
      <Secret text={made.key ?? ''} label={t('title')} />
      <div>
        <p className="label">{t('use')}</p>
        <pre className="code">{call}</pre>
      </div>
    </Dialog>
  )
}

/** Makes a key; what it may do is chosen before. */
export const NewKey = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(words)
  const [name, setName] = useState('')
  const [mode, setMode] = useState<Mode>('live')
  const [chosen, setChosen] = useState<readonly Scope[]>(['read', 'sell'])
  const make = useWrite(
    (body: { name: string; mode: Mode; scopes: Scope[] }) => api.POST('/v1/keys', { body }),
    ['keys', 'audit_log'],
    { quiet: true },
  )
  if (make.data) return <Made made={make.data} onClose={onClose} />
  const ready = name.trim() !== '' && chosen.length > 0 && !make.isPending
  return (
    <Dialog
      title={t('newKey')}
      onClose={onClose}
      onSubmit={() => ready && make.mutate({ name, mode, scopes: [...chosen] })}
      foot={<DialogFoot does={t('make')} ready={ready} busy={make.isPending} onClose={onClose} />}
    >
      <TextField
        label={t('name')}
        value={name}
        onChange={setName}
        help={t('nameHelp')}
        maxLength={255}
        required
        autoFocus
      />
      <fieldset className="stack tight">
        <legend className="label">{t('scopes')}</legend>
        {scopes.map(scope => (
          <CheckField
            key={scope}
            checked={chosen.includes(scope)}
            onChange={on =>
              setChosen(on ? [...chosen, scope] : chosen.filter(each => each !== scope))
            }
          >
            <b>{t(`scope_${scope}`)}</b>
            <span className="t12 mut block">{t(`scopeHelp_${scope}`)}</span>
          </CheckField>
        ))}
      </fieldset>
      <Field label={t('mode')}>
        {() => (
          <Segments
            label={t('mode')}
            value={mode}
            onChange={setMode}
            options={[
              { value: 'live', title: t('mode_live') },
              { value: 'test', title: t('mode_test') },
            ]}
          />
        )}
      </Field>
      {make.error && <Refusal problem={make.error} />}
    </Dialog>
  )
}
