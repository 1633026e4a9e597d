import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import type { Product, Variant } from '../../api/client.ts'
import { useWords } from '../../frame/words.ts'
import { Segments } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { StatusShape } from '../../parts/Status.tsx'
import { keyOf, nameOf, valuesOf } from './variants.ts'
import { words } from './words.ts'

const FEW = 5

type Celled = {
  values: string[]
  variant: Variant | undefined
  available: number | undefined
  chosen: boolean
  onMissing: ((values: string[]) => void) | undefined
}

const CellOf = ({ values, variant, available, chosen, onMissing }: Celled) => {
  const t = useWords(words)
  const { number } = useFormat()
  const name = nameOf(values)
  const on = chosen ? ' on' : ''
  if (variant === undefined) {
    return onMissing ? (
      <button
        type="button"
        className={`mat-cell gap${on}`}
        aria-label={t('missingCell', { name })}
        onClick={() => onMissing(values)}
      >
        +
      </button>
    ) : (
      <span className="mat-cell gap">
        <span className="vh">{t('missingCell', { name })}</span>
      </span>
    )
  }
  const params = { sku: variant.sku } as never
  if (variant.archived_at !== null) {
    return (
      <Link
        className={`mat-cell away${on}`}
        to="/skus/$sku"
        params={params}
        aria-label={t('archivedCell', { name })}
      >
        <StatusShape shape="half" size={12} />
      </Link>
    )
  }
  const units = available ?? 0
  const standing = !variant.tracked ? '' : units <= 0 ? ' o' : units <= FEW ? ' l' : ''
  return (
    <Link
      className={`mat-cell${standing}${on}`}
      to="/skus/$sku"
      params={params}
      aria-label={t('availableCell', { name, count: units })}
    >
      {!variant.tracked ? (
        '∞'
      ) : units <= 0 ? (
        <span className="danger">
          <StatusShape shape="struck" size={12} />
        </span>
      ) : (
        number(units)
      )}
    </Link>
  )
}

const Cell = memo(CellOf)

type Drawn = {
  product: Product
  variants: Variant[]
  available: Map<string, number> | undefined
  chosen: ReadonlySet<string>
  onChoose: (keys: string[]) => void
  onMissing: ((values: string[]) => void) | undefined
}

/** The options beyond the second are chosen above; the first is down, the second across. */
const useThirds = (product: Product, values: string[][]) => {
  const [chosen, setChosen] = useState<Record<number, string>>({})
  const thirds = values.slice(2).map((each, n) => chosen[n] ?? each[0] ?? '')
  const pick = values
    .slice(2)
    .map((each, n) => (
      <Segments
        key={product.option_names[n + 2]}
        label={product.option_names[n + 2] ?? ''}
        value={thirds[n] ?? ''}
        options={each.map(value => ({ value, title: value }))}
        onChange={value => setChosen({ ...chosen, [n]: value })}
      />
    ))
  return { thirds, pick }
}

/** Every combination: what is available, what is missing, what is archived. */
export const Matrix = (props: Drawn) => {
  const { product, variants, available, chosen, onChoose, onMissing } = props
  const t = useWords(words)
  const values = valuesOf(product, variants)
  const { thirds, pick } = useThirds(product, values)
  const [down = [], across = ['']] = values
  const two = values.length > 1
  const byKey = new Map(variants.map(each => [keyOf(each.option_values), each]))
  const of = (row: string, column: string) => (two ? [row, column, ...thirds] : [row])
  const columnKeys = (column: string) => down.map(row => keyOf(of(row, column)))
  const rowKeys = (row: string) => across.map(column => keyOf(of(row, column)))
  return (
    <div className="stack body">
      {pick.length > 0 && <div className="row wrap">{pick}</div>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="scroll mat-scroll" tabIndex={0} aria-label={t('matrix')}>
        <table className="mat">
          <thead>
            <tr>
              <th scope="col">
                <span className="vh">{product.option_names[0]}</span>
              </th>
              {two ? (
                across.map(column => (
                  <th scope="col" key={column}>
                    <button
                      type="button"
                      className="link"
                      title={t('select', { value: column })}
                      onClick={() => onChoose(columnKeys(column))}
                    >
                      {column}
                    </button>
                  </th>
                ))
              ) : (
                <th scope="col">{t('matrixSub')}</th>
              )}
            </tr>
          </thead>
          <tbody>
            {down.map(row => (
              <tr key={row}>
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    title={t('select', { value: row })}
                    onClick={() => onChoose(rowKeys(row))}
                  >
                    {row}
                  </button>
                </th>
                {across.map(column => {
                  const cell = of(row, column)
                  const key = keyOf(cell)
                  const variant = byKey.get(key)
                  return (
                    <td key={column}>
                      <Cell
                        values={cell}
                        variant={variant}
                        available={variant && available?.get(variant.sku)}
                        chosen={chosen.has(key)}
                        onMissing={onMissing}
                      />
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="legend">
        <span>
          <i className="mat-low" />
          {t('legendLow')}
        </span>
        <span>
          <span className="danger">
            <StatusShape shape="struck" size={12} />
          </span>
          {t('legendOut')}
        </span>
        <span>
          <i className="mat-gap" />
          {t('legendMissing')}
        </span>
        <span>
          <StatusShape shape="half" size={12} />
          {t('legendArchived')}
        </span>
      </p>
    </div>
  )
}
