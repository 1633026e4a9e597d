import { defineWords } from '../../frame/words.ts'

export const words = defineWords(
  'ledger',
  {
    title: 'Ledger',
    under: 'Every movement, and why. Nobody can change a row.',
    at: 'When',
    kind: 'What',
    changes: 'Before → after',
    reference: 'Document, reason',
    by: 'By',
    allKinds: 'All kinds',
    search: 'Whole SKU, or another code of it',
    none: 'Nothing has moved yet',
    noneHelp: 'The first receipt, sale or count writes the first row.',
  },
  {
    title: '台账',
    under: '每次变动及其原因，任何人都无法修改。',
    at: '时间',
    kind: '类型',
    changes: '变动前 → 变动后',
    reference: '单据、原因',
    by: '操作者',
    allKinds: '全部类型',
    search: '完整 SKU 或其他编码',
    none: '还没有任何变动',
    noneHelp: '第一次收货、销售或盘点会写下第一行。',
  },
)
