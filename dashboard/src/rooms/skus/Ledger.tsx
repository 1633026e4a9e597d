import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Level, Movement, Sku } from '../../api/client.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Actor } from '../../parts/Actor.tsx'
import { Empty, type Seen, Skeleton } from '../../parts/Answers.tsx'
import { Segments } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName } from '../../parts/LocationName.tsx'
import { availableChange, Changes, Reference, Verb } from '../../parts/Movement.tsx'
import { Panel } from '../../parts/Page.tsx'
import { useMovements } from './reads.ts'
import { sumsOf } from './sums.ts'
import { words } from './words.ts'

const HOUR = 3_600_000
const spans = { '2h': 2 * HOUR, day: 24 * HOUR, week: 168 * HOUR, month: 720 * HOUR } as const
type Span = keyof typeof spans
const STEPS = 120

type Time = (changes: Record<string, string | undefined>) => void
type Travelled = {
  asOf: string | undefined
  comparing: boolean
  then: Seen<{ data: Level[] }>
  onTime: Time
}

/** Any number as of any instant, and what has changed since. */
const TimeTravel = ({ asOf, comparing, then, onTime }: Travelled) => {
  const t = useWords(words)
  const { dateTime, time, day } = useFormat()
  const [span, setSpan] = useState<Span>('day')
  const now = Date.now()
  const begin = now - spans[span]
  const at = asOf === undefined ? now : new Date(asOf).getTime()
  const step = Math.round(((at - begin) / spans[span]) * STEPS)
  const value = Math.max(0, Math.min(asOf === undefined ? STEPS : STEPS - 1, step))
  const go = (next: number) =>
    onTime(
      next >= STEPS
        ? { as_of: undefined, compare: undefined }
        : { as_of: new Date(begin + (next / STEPS) * spans[span]).toISOString() },
    )
  const sums = asOf && then.data ? sumsOf(then.data.data) : undefined
  const mark = span === '2h' || span === 'day' ? time : day
  return (
    <div className="asof">
      <div className="row wrap">
        <label htmlFor="asof" className="label nowrap">
          {t('asOf')}
        </label>
        <b className="nowrap">{asOf === undefined ? t('spanNow') : dateTime(at)}</b>
        {sums && (
          <span className="mut t12">
            {t('asOfSays', { onHand: sums.on_hand, available: sums.available })}
          </span>
        )}
        {asOf !== undefined && then.error && <span className="danger t12">{t('tooOld')}</span>}
        <span className="end row">
          {asOf !== undefined && (
            <>
              <button
                type="button"
                className="btn sm"
                aria-pressed={comparing}
                onClick={() => onTime({ compare: comparing ? undefined : 'now' })}
              >
                {comparing ? t('compareOff') : t('compare')}
              </button>
              <button type="button" className="btn sm" onClick={() => go(STEPS)}>
                {t('backToNow')}
              </button>
            </>
          )}
          <Segments
            label={t('span')}
            value={span}
            onChange={setSpan}
            options={(Object.keys(spans) as Span[]).map(each => ({
              value: each,
              title: t(`span_${each}`),
            }))}
          />
        </span>
      </div>
      <input
        id="asof"
        className="trk"
        type="range"
        min={0}
        max={STEPS}
        value={value}
        aria-valuetext={asOf === undefined ? t('spanNow') : dateTime(at)}
        onChange={event => go(Number(event.target.value))}
      />
      <div className="marks t11 mut" aria-hidden="true">
        {[0, 1, 2, 3].map(quarter => (
          <span key={quarter}>{mark(begin + (quarter / 4) * spans[span])}</span>
        ))}
        <span>{t('spanNow')}</span>
      </div>
    </div>
  )
}

const Line = ({ movement, future }: { movement: Movement; future: boolean }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { exact, day, number, whole } = useFormat()
  const { available, location, actor_id } = movement
  const changed = availableChange(movement)
  return (
    <li className={future ? 'fut' : ''}>
      <span className="mut t12 when" title={whole(movement.recorded_at)}>
        {exact(movement.recorded_at)} <br />
        {day(movement.recorded_at)}
      </span>
      <div className="grow">
        <div className="row wrap">
          <Verb kind={movement.kind} />
          <Changes movement={movement} />
          {available !== null && changed !== 0 && (
            <span className="nowrap">
              <span className="mut">{f('available')}</span> {number(available - changed)}{' '}
              <span className="mut">→</span> <b>{number(available)}</b>
            </span>
          )}
        </div>
        <p className="t12 mut">
          {location !== null && <LocationName code={location} />} <Reference movement={movement} />{' '}
          {actor_id !== null && (
            <>
              {t('by')} <Actor id={actor_id} />
            </>
          )}
        </p>
      </div>
      <span className="mut t12 mono wide">
        {movement.version === null ? '' : `v${movement.version}`}
      </span>
    </li>
  )
}

/** Where the list is cut: what came after the time that is looked at. */
const cutOf = (rows: Movement[], asOf: string | undefined): number => {
  if (asOf === undefined) return 0
  const at = new Date(asOf).getTime()
  const found = rows.findIndex(({ recorded_at }) => new Date(recorded_at).getTime() <= at)
  return found === -1 ? rows.length : found
}

/** Who, what, why, before → after: every movement of the SKU. */
export const Ledger = ({ sku, ...travelled }: { sku: Sku } & Travelled) => {
  const t = useWords(words)
  const { dateTime } = useFormat()
  const list = useMovements(sku.code)
  const { asOf } = travelled
  const cut = cutOf(list.rows, asOf)
  if (list.loading) return <Skeleton />
  return (
    <Panel
      title={t('ledger')}
      sub={t('ledgerRows')}
      className="led"
      ruled
      end={
        <Link className="t12" to="/ledger" search={{ sku: sku.code } as never}>
          {t('more')}
        </Link>
      }
    >
      <TimeTravel {...travelled} />
      {list.rows.length === 0 ? (
        <Empty icon="ledger" title={t('noMovements')}>
          {t('noMovementsHelp')}
        </Empty>
      ) : (
        <ol className="tl">
          {list.rows.flatMap((movement, at) => [
            ...(asOf !== undefined && at === cut
              ? [
                  <li className="cut" key="cut">
                    <span>{t('cut', { time: dateTime(asOf) })}</span>
                  </li>,
                ]
              : []),
            <Line
              key={`${movement.location} ${movement.version} ${movement.recorded_at} ${movement.line}`}
              movement={movement}
              future={at < cut}
            />,
          ])}
        </ol>
      )}
      {list.hasMore && (
        <div className="body">
          <button type="button" className="btn" onClick={list.more}>
            {t('more')}
          </button>
        </div>
      )}
    </Panel>
  )
}
