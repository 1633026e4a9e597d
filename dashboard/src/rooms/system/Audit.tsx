import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { Coded } from '../../parts/Coded.tsx'
import { useDuration } from '../../parts/Duration.tsx'
import { useFormat } from '../../parts/format.ts'
import { Panel } from '../../parts/Page.tsx'
import { CopyButton } from '../../parts/Secret.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { useFactTexts } from './faults/factText.ts'
import { words as faultWords } from './faults/words.ts'
import type { Fault, System } from './reads.ts'
import { words } from './words.ts'

type Audit = System['audit']

/** What a fault means, and what to do; of a code that is not known, as the server has it. */
const useFaultText = () => {
  const t = useWords(faultWords)
  return ({ code, explanation, remedy }: Fault) =>
    Object.hasOwn(faultWords.en, code)
      ? { means: t(code as never), todo: t(`${code}_do` as never) }
      : { means: explanation, todo: remedy }
}

const FaultRow = ({ fault }: { fault: Fault }) => {
  const t = useWords(words)
  const { ago, whole, joined } = useFormat()
  const factTexts = useFactTexts()
  const { means, todo } = useFaultText()(fault)
  return (
    <li>
      <span className="danger">
        <StatusShape shape="octagon" size={15} />
      </span>
      <div className="wraps">
        <b>{means}</b>
        <p>
          <Coded text={todo} />
        </p>
        <p>
          <code>{fault.code}</code> {joined(factTexts(fault.facts))}
        </p>
      </div>
      <time className="mut t12" title={whole(fault.first_seen_at)}>
        {t('seen', { ago: ago(fault.first_seen_at) })}
      </time>
    </li>
  )
}

/** Every fault in the books: what it means, where it is, what to do. */
export const Faults = ({ audit }: { audit: Audit }) => {
  const t = useWords(words)
  const { findings, findings_count: count } = audit
  return (
    <Panel
      title={t('faults')}
      end={count > 0 && <CopyButton text={t('repair')} small />}
      foot={count > findings.length ? t('faultsMore', { count }) : undefined}
    >
      {count === 0 ? (
        <Empty icon="check" title={t('noFaults')}>
          {t('noFaultsHelp')}
        </Empty>
      ) : (
        <ul className="todo">
          {findings.map(fault => (
            <FaultRow key={`${fault.code} ${JSON.stringify(fault.facts)}`} fault={fault} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** How far the audit is, and what it went through last. */
export const AuditPanel = ({ audit }: { audit: Audit }) => {
  const t = useWords(words)
  const { ago, number } = useFormat()
  const duration = useDuration()
  const { last_pass: last, last_pass_at: at, pass_began_at: began, checked } = audit
  const counted = last ?? checked
  const rows = [
    [t('lastPass'), at === null ? t('never') : ago(at)],
    [t('took'), last === null ? '–' : duration(last.seconds)],
    [t('levels'), number(counted.levels)],
    [t('movements'), number(counted.movements)],
    [t('reservations'), number(counted.reservations)],
    [t('thisPass'), began === null ? t('never') : ago(began)],
  ]
  return (
    <Panel title={t('audit')} foot={t('auditHelp')}>
      <dl className="body kv">
        {rows.map(([name, value]) => (
          <div className="kv-row" key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
