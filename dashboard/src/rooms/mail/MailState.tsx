import type { Schemas } from '../../api/client.ts'
import { useWords } from '../../frame/words.ts'
import { Status } from '../../parts/Status.tsx'
import { words } from './words.ts'

/** What became of a mail. */
export const MailState = ({ mail }: { mail: Pick<Schemas['Mail'], 'state' | 'via'> }) => {
  const t = useWords(words)
  if (mail.state === 'failed') {
    return (
      <Status shape="octagon" tone="danger">
        {t('state_failed')}
      </Status>
    )
  }
  if (mail.state !== 'sent') {
    return (
      <Status shape={mail.state === 'waiting' ? 'dashed' : 'struck'}>
        {t(`state_${mail.state}`)}
      </Status>
    )
  }
  return (
    <Status shape="tick" tone="ok">
      {t(mail.via === 'outbox' ? 'sentTo_outbox' : 'sentTo_smtp')}
    </Status>
  )
}
