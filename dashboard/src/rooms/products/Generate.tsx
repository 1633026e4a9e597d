import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Product, type Variant } from '../../api/client.ts'
import { answerOf, problemOf } from '../../api/problem.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { sayRefusal } from '../../parts/problems/useProblemText.ts'
import { combinations, forEachOf, keyOf, skuFrom, VARIANTS_MAX, valuesOf } from './variants.ts'
import { words } from './words.ts'

const EXAMPLES = 3

const useMaking = (product: Product, onDone: () => void) => {
  const t = useWords(words)
  const client = useQueryClient()
  const [done, setDone] = useState<number>()
  const make = async (wanted: { values: string[]; sku: string; position: number }[]) => {
    setDone(0)
    const path = { handle: product.handle }
    const failures = await forEachOf(
      wanted,
      ({ values, sku, position }) =>
        answerOf(
          api.POST('/v1/products/{handle}/variants', {
            params: { path },
            body: { sku, option_values: values, position }, // several are made at once
          }),
        ),
      setDone,
    )
    for (const resource of ['variants', 'products', 'skus', 'inventory']) {
      client.invalidateQueries({ queryKey: [resource] })
    }
    const made = wanted.length - failures.length
    if (made > 0) tell({ text: t('generated', { count: made }) })
    if (failures.length > 0) {
      const why = await sayRefusal(problemOf(failures[0]))
      tell({ text: t('failed', { count: failures.length, why }), bad: true })
    }
    onDone()
  }
  return { done, make }
}

type Opened = { product: Product; variants: Variant[]; onClose: () => void }

const templateOf = ({ option_names }: Product): string =>
  ['{handle}', ...option_names.map(name => `{${name}}`)].join('-')

/** All combinations of the options' values, each with a SKU from a template. */
export const Generate = ({ product, variants, onClose }: Opened) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { joined, labelled } = useFormat()
  const known = valuesOf(product, variants)
  const [texts, setTexts] = useState(() => known.map(joined))
  const [template, setTemplate] = useState(templateOf(product))
  const { done, make } = useMaking(product, onClose)
  const values = texts.map(text => [
    ...new Set(
      text
        .split(/[,，、]/)
        .map(each => each.trim())
        .filter(Boolean),
    ),
  ])
  const count = values.reduce((product, each) => product * each.length, 1)
  const all = count <= VARIANTS_MAX ? combinations(values) : []
  const there = new Set(variants.map(({ option_values }) => keyOf(option_values)))
  const wanted = all
    .filter(each => !there.has(keyOf(each)))
    .map((each, at) => ({
      ...{ values: each, sku: skuFrom(template, product, each) },
      position: variants.length + at + 1,
    }))
  const ready = wanted.length > 0 && template.trim() !== ''
  const busy = done !== undefined
  return (
    <Dialog
      title={t('generateTitle', { title: product.title })}
      size={560}
      onClose={onClose}
      onSubmit={() => ready && !busy && make(wanted)}
      foot={
        <>
          <button type="submit" className="btn primary" disabled={!ready || busy}>
            {busy
              ? t('progress', { done, total: wanted.length })
              : t('generateDo', { count: wanted.length })}
          </button>
          {busy ? (
            <progress max={wanted.length} value={done} />
          ) : (
            <button type="button" className="btn ghost" onClick={onClose}>
              {f('cancel')}
            </button>
          )}
        </>
      }
    >
      {product.option_names.map((name, at) => (
        <TextField
          key={name}
          label={name}
          value={texts[at] ?? ''}
          onChange={text => setTexts(texts.map((each, n) => (n === at ? text : each)))}
          help={at === 0 ? t('valuesHelp') : undefined}
          autoFocus={at === 0}
        />
      ))}
      <TextField
        label={t('template')}
        value={template}
        onChange={setTemplate}
        help={t('templateHelp', {
          names: product.option_names.map(name => `{${name}}`).join(' '),
        })}
        maxLength={255}
        mono
      />
      {wanted.length > 0 && (
        <p className="t12 mut">
          {labelled(t('examples'))}
          {wanted.slice(0, EXAMPLES).map(({ sku }) => (
            <code key={sku}>{sku} </code>
          ))}
        </p>
      )}
      <p className={count > VARIANTS_MAX ? 'danger' : ''}>
        {count > VARIANTS_MAX
          ? t('generateMost', { count: VARIANTS_MAX })
          : t('generateSays', { count: wanted.length, known: all.length - wanted.length })}
      </p>
    </Dialog>
  )
}
