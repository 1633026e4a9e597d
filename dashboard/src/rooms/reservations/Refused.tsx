import type { Problem } from '../../api/problem.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { words } from './words.ts'

type RefusedLine = {
  line: number
  sku: string | null
  asked?: number
  available?: number
  next_expires_at?: string | null
  other_locations?: { location: string; available: number }[]
}

/** A refusal of demand, line by line: what was free, when more may come, where else. */
export const Refused = ({ problem }: { problem: Problem }) => {
  const t = useWords(words)
  const { ago, number, joined, labelled } = useFormat()
  const nameOf = useLocationNames()
  const lines = Array.isArray(problem.facts['lines'])
    ? (problem.facts['lines'] as RefusedLine[])
    : []
  return (
    <Refusal problem={problem}>
      <ul className="refused">
        {lines.map(line => (
          <li key={line.line}>
            <b className="mono">{line.sku}</b>
            <p>{t('wouldBeRefused', { available: line.available ?? 0, asked: line.asked ?? 0 })}</p>
            {line.next_expires_at && (
              <p className="t12">{t('whenNext', { when: ago(line.next_expires_at) })}</p>
            )}
            {(line.other_locations ?? []).length > 0 && (
              <p className="t12">
                {labelled(t('whereElse'))}
                {joined(
                  (line.other_locations ?? []).map(
                    ({ location, available }) => `${nameOf(location)} ${number(available)}`,
                  ),
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Refusal>
  )
}
