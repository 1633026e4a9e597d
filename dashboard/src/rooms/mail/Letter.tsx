import { useState } from 'react'
import { useWords } from '../../frame/words.ts'
import { Segments } from '../../parts/Field.tsx'
import { Panel } from '../../parts/Page.tsx'
import { Paper } from './Paper.tsx'
import { words } from './words.ts'

type Written = { subject: string; text: string; html: string }

/** A mail in both its forms. */
export const Letter = ({ letter, foot }: { letter: Written; foot?: string }) => {
  const t = useWords(words)
  const [form, setForm] = useState<'html' | 'text'>('html')
  return (
    <Panel
      title={letter.subject}
      ruled
      end={
        <Segments
          label={t('paper')}
          value={form}
          onChange={setForm}
          options={[
            { value: 'html', title: t('asHtml') },
            { value: 'text', title: t('asText') },
          ]}
        />
      }
      foot={
        <span className="t12">{[foot, form === 'html' ? t('noImages') : ''].join(' ').trim()}</span>
      }
    >
      {form === 'html' ? (
        <Paper html={letter.html} />
      ) : (
        <pre className="code plain">{letter.text}</pre>
      )}
    </Panel>
  )
}
