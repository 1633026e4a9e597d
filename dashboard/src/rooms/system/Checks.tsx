import { useWords } from '../../frame/words.ts'
import { Coded } from '../../parts/Coded.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { Rows } from '../../parts/Rows.tsx'
import { type Shape, Status, type Tone } from '../../parts/Status.tsx'
import { checkWords } from './checkWords.ts'
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

type Said = 'ok' | 'wrong' | 'fix'

/** What was found, or what to do; what the catalogue does not know as the server has it. */
const useCheckText = () => {
  const t = useWords(checkWords)
  return ({ check, facts }: Check, said: Said, otherwise: string): string => {
    const key = `${check}_${said}`
    return facts !== undefined && Object.hasOwn(checkWords.en, key)
      ? t(key as never, facts)
      : otherwise
  }
}

const Found = ({ check }: { check: Check }) => {
  const t = useWords(words)
  const textOf = useCheckText()
  const { labelled } = useFormat()
  const { state, found, fix } = check
  return (
    <div className="wraps">
      {textOf(check, state === 'ok' ? 'ok' : 'wrong', found)}
      {fix !== undefined && (
        <span className="block t12 mut">
          {labelled(t('fix'))}
          <Coded text={textOf(check, 'fix', `\`${fix}\``)} />
        </span>
      )}
    </div>
  )
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
            cell: check => <Found check={check} />,
          },
        ]}
      />
    </Panel>
  )
}
