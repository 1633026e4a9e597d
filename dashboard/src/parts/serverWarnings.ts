import { useWords } from '../frame/words.ts'
import { partWords } from './partWords.ts'

/** What works, but should be looked at, as /readyz says it. */
export type ServerWarning = {
  code: string
  message: string
  facts: Record<string, string | number>
}

const codes = ['ledger_month_missing', 'books_at_fault', 'transaction_open'] as const

/** A warning in the language of the person; an unknown one as the server has it. */
export const useWarningText = () => {
  const t = useWords(partWords)
  return ({ code, message, facts }: ServerWarning): string => {
    const known = codes.find(each => each === code)
    if (known === undefined) return message
    return t(`w_${known}`, { ...facts, application: facts['application'] || t('unnamed') })
  }
}
