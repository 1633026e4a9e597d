import { Link } from '@tanstack/react-router'
import type { frameWords } from '../../frame/catalogue.ts'
import { type Say, useWords } from '../../frame/words.ts'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { Popover } from '../../parts/Menu.tsx'
import { StateBar, unitsOf } from '../../parts/StateBar.tsx'
import { Status } from '../../parts/Status.tsx'
import { Adjust } from './Adjust.tsx'
import { keyOf, type Row } from './reads.ts'
import { words } from './words.ts'

const FEW = 5

const N = ({ value, strong }: { value: number; strong?: boolean }) => {
  const { number } = useFormat()
  return <span className={value === 0 ? 'zero' : strong ? 'strong' : ''}>{number(value)}</span>
}

/** How it stands, as a shape and words. */
const Standing = ({ row }: { row: Row }) => {
  const t = useWords(words)
  if (row.shortage > 0) {
    return (
      <Status shape="octagon" tone="danger">
        {t('shortBy', { count: row.shortage })}
      </Status>
    )
  }
  if (row.available <= 0) {
    return (
      <Status shape="struck" tone="danger">
        {t('soldOut')}
      </Status>
    )
  }
  if (row.available <= FEW) {
    return (
      <Status shape="falling" tone="warn">
        {t('fewLeft', { count: row.available })}
      </Status>
    )
  }
  return (
    <Status shape="tick" tone="ok">
      {t('fine')}
    </Status>
  )
}

type Editable = {
  row: Row
  opened: boolean
  onAdjust: ((key: string | undefined) => void) | undefined
}

/** The number that sells: a click changes it. */
const Available = ({ row, opened, onAdjust }: Editable) => {
  const t = useWords(words)
  const { number, labelled } = useFormat()
  const title = t('adjustTitle', { sku: row.sku, location: row.location_name })
  if (onAdjust === undefined) return <N value={row.available} strong />
  const button = (
    <button
      type="button"
      className={row.available === 0 ? 'cell zero' : 'cell'}
      aria-label={labelled(title, number(row.available))}
      onClick={() => onAdjust(opened ? undefined : keyOf(row))}
    >
      {number(row.available)}
    </button>
  )
  if (!opened) return button
  return (
    <Popover label={title} opened onClose={() => onAdjust(undefined)} button={button}>
      <Adjust level={row} onDone={() => onAdjust(undefined)} />
    </Popover>
  )
}

const Changed = ({ at }: { at: string | null }) => {
  const { ago, whole } = useFormat()
  return at === null ? '–' : <span title={whole(at)}>{ago(at)}</span>
}

const Product = ({ row }: { row: Row }) => (
  <div className="one">
    <span>
      <Link to="/skus/$sku" params={{ sku: row.sku } as never}>
        {row.title ?? row.sku}
      </Link>{' '}
      <span className="mut">{row.option_values.join(' · ')}</span>
    </span>
    <span className="mut narrow phone-line">
      {row.location_name} · {row.sku}
    </span>
  </div>
)

type Making = {
  t: Say<NonNullable<(typeof words)['keys']>>
  f: Say<NonNullable<(typeof frameWords)['keys']>>
  adjusting: string | undefined
  onAdjust: Editable['onAdjust']
}

/** The columns of the inventory, in their order. */
export const inventoryColumns = ({ t, f, adjusting, onAdjust }: Making): Column<Row>[] => {
  const counter = (
    id: 'on_hand' | 'committed' | 'held' | 'unavailable' | 'shortage',
    title: string,
    width = '84px',
  ): Column<Row> => ({
    ...{ id, title, width },
    align: 'end',
    sort: id,
    largestFirst: true,
    wide: true,
    cell: row => <N value={row[id]} />,
  })
  return [
    {
      id: 'product',
      title: f('product'),
      width: 'minmax(136px, 1.8fr)',
      fixed: true,
      cell: row => <Product row={row} />,
    },
    {
      id: 'sku',
      title: 'SKU',
      width: 'minmax(118px, 1.6fr)',
      sort: 'sku',
      wide: true,
      cell: row => <span className="mono sub">{row.sku}</span>,
    },
    {
      id: 'location',
      title: f('location'),
      width: 'minmax(132px, 1.2fr)',
      wide: true,
      cell: row => row.location_name,
    },
    {
      id: 'bar',
      title: t('state'),
      width: '88px',
      wide: true,
      cell: row => <StateBar units={unitsOf(row)} />,
    },
    counter('on_hand', f('onHand'), '72px'),
    counter('committed', f('committed')),
    counter('held', f('held'), '58px'),
    counter('unavailable', f('unavailable')),
    { ...counter('shortage', f('shortage')), off: true },
    {
      id: 'available',
      title: f('available'),
      width: '88px',
      align: 'end',
      sort: 'available',
      fixed: true,
      cell: row => <Available row={row} opened={keyOf(row) === adjusting} onAdjust={onAdjust} />,
    },
    {
      id: 'safety',
      title: t('safety'),
      width: '100px',
      align: 'end',
      off: true,
      wide: true,
      cell: row => <N value={row.safety_stock ?? 0} />,
    },
    {
      id: 'status',
      title: t('status'),
      width: 'minmax(104px, 0.8fr)',
      wide: true,
      cell: row => <Standing row={row} />,
    },
    {
      id: 'changed',
      title: t('changed'),
      width: '128px',
      sort: 'changed_at',
      largestFirst: true,
      off: true,
      wide: true,
      cell: row => <Changed at={row.changed_at} />,
    },
  ]
}
