import type { Language } from './words.ts'

// The words of the page on which a buyer answers, one catalogue a language.

const en = {
  title: 'Order {order}: your choice',
  heading: 'What would you like us to do?',
  told: 'The shipping date of order {order} has changed:',
  note: 'Nothing is changed until you choose. You can choose once.',
  thanks: 'Thank you',
  kept: 'We keep your order {order}. You need not do anything else.',
  cancelled: 'The items of order {order} are cancelled.',
  before_kept: 'You have already chosen to keep your order {order}.',
  before_cancelled: 'You have already chosen to cancel these items of order {order}.',
  over: 'The time to choose has ended',
  over_text: 'This link cannot be used any more. Please write to {shop} if you need anything.',
  nothing: 'This link leads nowhere',
  nothing_text: 'It is incomplete, or not ours. Please open it again from the mail.',
  again: 'This has not worked just now. Please try again in a moment.',
}

export type AnswerWords = typeof en

const zh: AnswerWords = {
  title: '订单 {order}：您的选择',
  heading: '您希望我们怎么做？',
  told: '订单 {order} 的发货日期有变：',
  note: '在您选择之前不会有任何更改。只能选择一次。',
  thanks: '谢谢',
  kept: '我们将保留您的订单 {order}，您无需其他操作。',
  cancelled: '订单 {order} 中的这些商品已取消。',
  before_kept: '您已选择保留订单 {order}。',
  before_cancelled: '您已选择取消订单 {order} 中的这些商品。',
  over: '选择时间已结束',
  over_text: '此链接已失效。如有需要，请联系 {shop}。',
  nothing: '此链接无效',
  nothing_text: '链接不完整，或不是由我们发出。请从邮件中重新打开。',
  again: '暂时未能完成，请稍后再试。',
}

export const answerWords: Record<Language, AnswerWords> = { en, zh }
