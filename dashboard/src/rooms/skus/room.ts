import { defineRoom } from '../../frame/room.ts'

export default defineRoom({
  id: 'skus',
  title: { en: 'SKU', zh: 'SKU' },
  icon: 'box',
  pages: [{ path: '/skus/$sku', load: () => import('./SkuPage.tsx') }],
})
