import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'audit-log',
  title: { en: 'Audit log', zh: '审计日志' },
  icon: 'ledger',
  group: 'proof',
  order: 30,
  to: '/audit-log',
  scope: 'admin',
  pages: [{ path: '/audit-log', load: () => import('./AuditLog.tsx') }],
})
