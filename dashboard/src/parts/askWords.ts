import { defineWords } from '../frame/words.ts'

/** The words of the parts that stand on many pages. */
export const askWords = defineWords(
  'asks',
  {
    shownOnce: 'Copy it now: it is shown this once.',
    notNow: 'Not now',
    showMore: 'Show more',
  },
  {
    shownOnce: '请立即复制：它只显示这一次。',
    notNow: '暂不',
    showMore: '显示更多',
  },
)
