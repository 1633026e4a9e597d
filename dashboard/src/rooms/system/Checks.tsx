import { useWords } from '../../frame/words.ts'
import { Panel } from '../../parts/Page.tsx'
import { Rows } from '../../parts/Rows.tsx'
import { type Shape, Status, type Tone } from '../../parts/Status.tsx'
import type { Check } from './reads.ts'
import { words } from './words.ts'

const shapes: Record<Check['state'], [Shape, Tone]> = {
  ok: ['tick', 'ok'],
  warn: ['triangle', 'warn'],
  fail: ['octagon', 'danger'],
}

const known = [
  'database',
  'role',
  'rights',
  'ledger',
  'schema',
  'clock',
  'durability',
  'primary',
  'replica',
  'waiting',
  'months',
] as const

const useCheckName = () => {
  const t = useWords(words)
  return ({ check }: Check): string => {
    if (check === 'oldest xid') return t('k_oldest')
    const name = known.find(each => each === check)
    return name === undefined ? check : t(`k_${name}`)
  }
}

const worse = { fail: 0, warn: 1, ok: 2 }

/** Each thing that was looked at, what is not well first. */
export const Checks = ({ checks }: { checks: Check[] }) => {
  const t = useWords(words)
  const nameOf = useCheckName()
  const sorted = [...checks].sort((a, b) => worse[a.state] - worse[b.state])
  return (
    <Panel title={t('checks')} sub={<span className="wide">{t('checksHelp')}</span>}>
      <Rows
        caption={t('checks')}
        rows={sorted}
        keyOf={({ check }) => check}
        keyed
        columns={[
          {
            title: t('checked'),
            cell: check => {
              const [shape, tone] = shapes[check.state]
              return (
                <Status shape={shape} tone={tone}>
                  <b className="strong">{nameOf(check)}</b>
                  <span className="vh">{t(`state_${check.state}`)}</span>
                </Status>
              )
            },
          },
          {
            title: t('found'),
            cell: ({ found, fix }) => (
              <div className="wraps">
                {found}
                {fix !== undefined && (
                  <span className="block t12 mut">
                    {t('fix')}: <code>{fix}</code>
                  </span>
                )}
              </div>
            ),
          },
        ]}
      />
    </Panel>
  )
}
