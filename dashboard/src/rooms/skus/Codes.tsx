import { type FormEvent, useState } from 'react'
import { api, type Sku } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { TextField } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Popover } from '../../parts/Menu.tsx'
import { Panel } from '../../parts/Page.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { words } from './words.ts'

const useAliases = (sku: string) => {
  const path = { code: sku }
  return {
    add: useWrite(
      (body: { alias: string; factor?: number }) =>
        api.POST('/v1/skus/{code}/aliases', { params: { path }, body }),
      ['skus'],
      { quiet: true },
    ),
    remove: useWrite(
      (alias: string) =>
        api.DELETE('/v1/skus/{code}/aliases/{alias}', { params: { path: { ...path, alias } } }),
      ['skus'],
    ),
  }
}

const AddAlias = ({ sku }: { sku: string }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [opened, setOpened] = useState(false)
  const [alias, setAlias] = useState('')
  const [text, setText] = useState('1')
  const { add } = useAliases(sku)
  const factor = wholeOf(text)
  const ready = alias.trim() !== '' && factor !== null && factor > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    add.mutate(
      { alias: alias.trim(), factor },
      {
        onSuccess: () => {
          tell({ text: t('aliasAdded', { alias: alias.trim(), sku }) })
          setOpened(false)
          setAlias('')
        },
      },
    )
  }
  return (
    <Popover
      label={t('addAlias')}
      opened={opened}
      onClose={() => setOpened(false)}
      button={
        <button type="button" className="btn ghost sm" onClick={() => setOpened(!opened)}>
          <Icon name="plus" size={12} />
          {t('addAlias')}
        </button>
      }
    >
      <form onSubmit={submit}>
        <TextField label={t('aliasCode')} value={alias} onChange={setAlias} maxLength={255} mono />
        <TextField label={t('aliasFactor')} value={text} onChange={setText} maxLength={7} />
        {add.error && <Refusal problem={add.error} />}
        <div className="foot">
          <button type="submit" className="btn primary sm" disabled={!ready || add.isPending}>
            {t('addAlias')}
          </button>
          <button type="button" className="btn ghost sm" onClick={() => setOpened(false)}>
            {f('cancel')}
          </button>
        </div>
      </form>
    </Popover>
  )
}

/** Every code that leads here: its own, former ones, aliases, packs and barcodes. */
export const Codes = ({ sku }: { sku: Sku }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const { add, remove } = useAliases(sku.code)
  const unalias = (alias: string, factor: number) =>
    remove.mutate(alias, {
      onSuccess: () =>
        tell({ text: t('aliasRemoved', { alias }), undo: () => add.mutate({ alias, factor }) }),
    })
  return (
    <Panel title={t('codes')} end={stock && <AddAlias sku={sku.code} />}>
      <ul className="todo codes">
        <li>
          <code>{sku.code}</code>
          <span className="mut t12">{t('own')}</span>
        </li>
        {sku.former_codes.map(code => (
          <li key={code}>
            <code>{code}</code>
            <span className="mut t12">{t('former')}</span>
          </li>
        ))}
        {sku.aliases.map(({ code, factor }) => (
          <li key={code}>
            <code>{code}</code>
            <span className="mut t12">
              {factor > 1 ? t('pack', { count: factor }) : t('alias')}
              {stock && (
                <button
                  type="button"
                  className="btn ghost icon sm"
                  aria-label={t('removeAlias', { alias: code })}
                  onClick={() => unalias(code, factor)}
                >
                  <Icon name="cross" size={11} />
                </button>
              )}
            </span>
          </li>
        ))}
        {sku.barcodes.map(code => (
          <li key={code}>
            <code>{code}</code>
            <span className="mut t12">{t('barcode')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
