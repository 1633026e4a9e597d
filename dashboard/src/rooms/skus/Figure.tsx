import { Link } from '@tanstack/react-router'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { words } from './words.ts'

/** Which movements have made a number: of a SKU, at one location, up to an instant. */
export type Origin = { sku: string; location?: string; to?: string }

type Shown = { value: number; what: string; of: Origin }

/** A number that opens down to its movements, and looks like a number. */
export const Figure = ({ value, what, of }: Shown) => {
  const t = useWords(words)
  const { number } = useFormat()
  return (
    <Link className="opens" to="/ledger" search={of as never} title={t('opens', { what })}>
      {number(value)}
    </Link>
  )
}
