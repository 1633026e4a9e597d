import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'ledger',
  title: { en: 'Ledger', zh: '台账' },
  icon: 'ledger',
  group: 'proof',
  order: 10,
  key: 'l',
  pages: [{ path: '/ledger', load: () => import('./LedgerPage.tsx') }],
})
