import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../api/problem.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { i18n, languageNow, useWords } from '../../frame/words.ts'

/** Nobody needs them until the first problem: a file of their own. */
const load = async (): Promise<true> => {
  await import('./words.ts')
  return true
}

const text = (key: string): string | undefined =>
  i18n.exists(key, { ns: 'problems' }) ? i18n.t(key, { ns: 'problems' }) : undefined

type Refused = { code: string; message: string }

/** The sentence of a refusal within an answer, in the language of the person. */
export const sayRefusal = async ({ code, message }: Refused): Promise<string> => {
  if (languageNow() === 'en') return message
  await load()
  return text(code) ?? message
}

export type ProblemText = {
  title: string
  /** What the server adds to the title: which field, which line. */
  detail?: string
  /** What to do. */
  remedy?: string
}

/** A problem in the language of the person; what the catalogue lacks the server says in English. */
export const useProblemText = (problem: Problem): ProblemText => {
  const t = useWords(frameWords)
  useTranslation(undefined, { i18n }) // another language is another text
  useQuery({ queryKey: ['words', 'problems'], queryFn: load, staleTime: Number.POSITIVE_INFINITY })
  const { code, facts } = problem
  if (code === 'server_unreachable') {
    return { title: t('unreachable'), remedy: t('unreachableHint') }
  }
  const title = (languageNow() === 'zh' ? text(code) : undefined) ?? facts.title
  const remedy = text(`${code}_do`) ?? facts.hint
  return {
    title,
    ...(facts.detail === facts.title ? {} : { detail: facts.detail }),
    ...(remedy === undefined ? {} : { remedy }),
  }
}
