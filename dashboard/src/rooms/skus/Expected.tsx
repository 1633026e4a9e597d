import { Link } from '@tanstack/react-router'
import { frameWords } from '../../frame/catalogue.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { Panel } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { type Supply, useDaysText } from '../supply/SupplyState.tsx'
import { useExpected } from './reads.ts'
import { words } from './words.ts'

const Coming = ({ supply }: { supply: Supply }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const daysText = useDaysText()
  const { code, location, open, late, expected_on: on, expected_to: to } = supply
  return (
    <li>
      <span className={late ? 'warn' : 'mut'}>
        <StatusShape shape={late ? 'triangle' : 'dashed'} />
      </span>
      <div>
        <b>
          <Link to="/supply/$supply" params={{ supply: code } as never}>
            {code}
          </Link>
        </b>
        <p>
          <LocationName code={location} />
        </p>
      </div>
      <span className="r">
        <b>{f('units', { count: open })}</b>
        <p>
          {daysText(on, to)}
          {late && <span className="warn"> {t('expectedLate')}</span>}
        </p>
      </span>
    </li>
  )
}

/** What is booked and has not come, and when it comes. */
export const Expected = ({ sku }: { sku: string }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const supply = useExpected(sku)
  return (
    <Panel
      title={t('expected')}
      end={
        stock && (
          <Link className="t12" to="/supply" search={{ new: sku } as never}>
            {t('bookSupply')}
          </Link>
        )
      }
    >
      <Answer of={supply} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="body mut">{t('expectedNone')}</p>
          ) : (
            <ul className="todo">
              {data.map(each => (
                <Coming key={each.code} supply={each} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  )
}
