import { Link } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { languageNow, useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Segments } from '../../parts/Field.tsx'
import { Page } from '../../parts/Page.tsx'
import { Letter } from './Letter.tsx'
import { type Template, templates } from './templates.ts'
import { words } from './words.ts'

/** How do our mails look? */
const Preview = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const template = (search['template'] ?? templates[0]) as Template
  const language = (search['language'] ?? languageNow()) as 'en' | 'zh'
  const preview = useRead(
    ['mails', 'preview', template, language],
    signal => api.GET('/v1/mail/preview', { params: { query: { template, language } }, signal }),
    { keep: true },
  )
  return (
    <Page
      title={t('previewTitle')}
      under={t('previewUnder')}
      above={[{ title: t('title'), to: '/mails' }]}
      actions={
        <Link className="btn" to="/settings">
          {t('previewSettings')}
        </Link>
      }
    >
      <div className="row wrap">
        {templates.map(each => (
          <button
            key={each}
            type="button"
            className={each === template ? 'chip on' : 'chip'}
            aria-pressed={each === template}
            onClick={() => setSearch({ template: each })}
          >
            {t(`t_${each}`)}
          </button>
        ))}
        <span className="end">
          <Segments
            label={t('language')}
            value={language}
            onChange={next => setSearch({ language: next })}
            options={[
              { value: 'en', title: t('en') },
              { value: 'zh', title: t('zh') },
            ]}
          />
        </span>
      </div>
      <Answer of={preview} rows={10}>
        {letter => <Letter letter={letter} />}
      </Answer>
    </Page>
  )
}

export { Preview as Page }
