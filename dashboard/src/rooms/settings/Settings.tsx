import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Page } from '../../parts/Page.tsx'
import { MailForm } from './MailForm.tsx'
import { Notices } from './Notices.tsx'
import { ShopForm } from './ShopForm.tsx'
import { words } from './words.ts'

const useTenant = () => {
  const me = useRead(['me', 'whole'], signal => api.GET('/v1/me', { signal }))
  const code = me.data?.tenant.code ?? ''
  return useRead(
    ['tenants', code],
    signal => api.GET('/v1/tenants/{code}', { params: { path: { code } }, signal }),
    { enabled: code !== '' },
  )
}

/** How do we sell by default, and whom do we tell how? */
const Settings = () => {
  const t = useWords(words)
  const tenant = useTenant()
  const mail = useRead(['mail_settings'], signal => api.GET('/v1/mail/settings', { signal }))
  return (
    <Page title={t('title')} under={t('under')}>
      <div className="cols">
        <div className="stack c8">
          <Answer of={tenant}>
            {found => <ShopForm key={JSON.stringify(found)} tenant={found} />}
          </Answer>
          <Answer of={mail}>{found => <MailForm key={found.changed_at} settings={found} />}</Answer>
          <Notices />
        </div>
      </div>
    </Page>
  )
}

export { Settings as Page }
