import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Page } from '../../parts/Page.tsx'
import { RuleForm } from './RuleForm.tsx'
import { filterOf } from './RulesFilter.tsx'
import { words } from './words.ts'

/** What is to hold, for which sales? */
const NewRule = () => {
  const t = useWords(words)
  const [search] = useAddress()
  return (
    <Page
      title={t('newTitle')}
      under={t('scopeHelp')}
      above={[{ title: t('title'), to: '/policies' }]}
    >
      <RuleForm scope={filterOf(search)} />
    </Page>
  )
}

export { NewRule as Page }
