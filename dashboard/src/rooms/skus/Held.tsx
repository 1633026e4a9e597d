import { Link } from '@tanstack/react-router'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Countdown } from '../../parts/Countdown.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Panel } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { useHolds } from './reads.ts'
import { words } from './words.ts'

/** Who holds units of it, and until when. */
export const Held = ({ sku }: { sku: string }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { joined } = useFormat()
  const holds = useHolds(sku)
  const nameOf = useLocationNames()
  return (
    <Panel title={t('held')} className="first">
      <Answer of={holds} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="body mut">{t('heldNone')}</p>
          ) : (
            <ul className="todo">
              {data.map(hold => {
                const lines = hold.lines.filter(line => line.sku === sku)
                const units = lines.reduce((sum, line) => sum + line.held, 0)
                return (
                  <li key={hold.reservation_id}>
                    <span className="warn">
                      <StatusShape shape="dashed" />
                    </span>
                    <div>
                      <b>
                        <Link
                          to="/reservations/$reservation"
                          params={{ reservation: hold.reservation_id } as never}
                        >
                          {hold.order_reference ??
                            hold.buyer ??
                            `…${hold.reservation_id.slice(-6)}`}
                        </Link>
                      </b>
                      <p>{joined([...new Set(lines.map(line => nameOf(line.location ?? '')))])}</p>
                    </div>
                    <span className="r">
                      <b>{f('units', { count: units })}</b>
                      <p>
                        <Countdown until={hold.expires_at} />
                      </p>
                    </span>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Answer>
    </Panel>
  )
}
