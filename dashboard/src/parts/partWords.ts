import { defineWords } from '../frame/words.ts'

export const partWords = defineWords(
  'parts',
  {
    left: '{{time}} left',
    over: 'over',
    noEnd: 'no end',
    // warnings of the server
    w_ledger_month_missing: 'The ledger has no partition for {{month}}; run `holdfast migrate`.',
    w_books_at_fault:
      'Faults in the books that the audit finds: {{findings, number}}. ' +
      'Run `holdfast verify`, then `holdfast doctor --repair`.',
    w_transaction_open:
      'Session {{pid}} ({{application}}) has kept a transaction open for {{seconds, number}} s; ' +
      'hot levels slow down until it ends.',
    unnamed: 'unnamed',
  },
  {
    left: '剩 {{time}}',
    over: '已到期',
    noEnd: '无期限',
    w_ledger_month_missing: '台账没有 {{month}} 的分区；请运行 `holdfast migrate`。',
    w_books_at_fault:
      '审计发现账目错误 {{findings, number}} 处。' +
      '请运行 `holdfast verify`，然后运行 `holdfast doctor --repair`。',
    w_transaction_open:
      '会话 {{pid}}（{{application}}）的事务已持续 {{seconds, number}} 秒；' +
      '在它结束之前，繁忙的库存位会变慢。',
    unnamed: '未命名',
  },
)
