import { api } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'
import { defineRoom, type Found } from '../../frame/room.ts'

const FOUND_MAX = 6

/** SKUs by any part of a code or title, each once. */
const search = async (text: string, signal: AbortSignal): Promise<Found[]> => {
  const query = { q: text, limit: 30 }
  const page = await answerOf(api.GET('/v1/inventory', { params: { query }, signal }))
  const found = new Map<string, Found>()
  for (const row of page.data) {
    const title = [row.title, ...row.option_values].filter(Boolean).join(' ')
    found.set(row.sku, {
      title: title === '' ? row.sku : title,
      detail: row.sku,
      icon: 'box',
      to: `/skus/${encodeURIComponent(row.sku)}`,
    })
  }
  return [...found.values()].slice(0, FOUND_MAX)
}

export default defineRoom({
  id: 'inventory',
  title: { en: 'Inventory', zh: '库存' },
  icon: 'box',
  group: 'now',
  order: 20,
  key: 'i',
  phone: 2,
  pages: [
    { path: '/inventory', load: () => import('./InventoryPage.tsx') },
    { path: '/inventory/import', load: () => import('./ImportPage.tsx') },
    { path: '/inventory/unprotected', load: () => import('./UnprotectedPage.tsx') },
  ],
  commands: [
    {
      title: { en: 'Import stock from a CSV', zh: '从 CSV 导入库存' },
      icon: 'importUp',
      to: '/inventory/import',
    },
    {
      title: { en: 'Show SKUs that are not protected', zh: '查看未受保护的 SKU' },
      icon: 'warning',
      to: '/inventory/unprotected',
      keywords: 'untracked oversell',
    },
    {
      title: { en: 'Show what is sold out', zh: '查看售罄商品' },
      icon: 'box',
      to: '/inventory?state=sold_out',
    },
  ],
  search,
})
