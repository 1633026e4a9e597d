import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Movement } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useKeys } from '../../frame/keys.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { availableChange, Reference, Verb } from '../../parts/Movement.tsx'
import { Panel } from '../../parts/Page.tsx'
import { words } from './words.ts'

const LINES = 12

const Line = ({ movement }: { movement: Movement }) => {
  const { exact, change } = useFormat()
  const nameOf = useLocationNames()
  const changed = availableChange(movement)
  const { sku } = movement
  return (
    <li>
      <span className="mut t12">{exact(movement.recorded_at)}</span>
      <Verb kind={movement.kind} />
      <span className="what">
        {sku !== null && (
          <Link className="mono" to="/skus/$sku" params={{ sku } as never}>
            {sku}
          </Link>
        )}{' '}
        <span className="mut t12">
          {movement.location !== null && nameOf(movement.location)}{' '}
          <Reference movement={movement} />
        </span>
      </span>
      <b className={changed === 0 ? 'zero' : ''}>{change(changed)}</b>
    </li>
  )
}

/** The newest rows of the ledger, as they come; P holds them still. */
export const Stream = () => {
  const t = useWords(words)
  const [paused, setPaused] = useState(false)
  const moves = useRead(
    ['transactions', 'newest'],
    signal => api.GET('/v1/transactions', { params: { query: { limit: LINES } }, signal }),
    { enabled: !paused },
  )
  const toggle = () => setPaused(!paused)
  useKeys(t('title'), [{ keys: 'p', title: paused ? t('resume') : t('pause'), run: toggle }])
  return (
    <Panel
      title={t('stream')}
      sub={t('streamSub')}
      end={
        <button type="button" className="btn ghost sm" aria-pressed={paused} onClick={toggle}>
          {paused ? t('resume') : t('pause')}
        </button>
      }
      foot={
        <>
          <span className="wide">{t('streamFoot')}</span>
          <Link className="end" to="/ledger">
            {t('openLedger')}
          </Link>
        </>
      }
    >
      <Answer of={moves} rows={LINES}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty icon="ledger" title={t('quiet')}>
              {t('quietHelp')}
            </Empty>
          ) : (
            <ol className="stream" aria-live="off">
              {data.map(movement => (
                <Line
                  key={`${movement.sku} ${movement.location} ${movement.version} ${movement.recorded_at} ${movement.line} ${movement.part}`}
                  movement={movement}
                />
              ))}
            </ol>
          )
        }
      </Answer>
    </Panel>
  )
}
