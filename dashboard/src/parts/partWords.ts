import { defineWords } from '../frame/words.ts'

export const partWords = defineWords(
  'parts',
  { left: '{{time}} left', over: 'over', noEnd: 'no end' },
  { left: '剩 {{time}}', over: '已到期', noEnd: '无期限' },
)
