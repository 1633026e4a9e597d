import type { HoldfastStock, StockChange } from '@holdfast/client/element'
import type { DetailedHTMLProps, HTMLAttributes } from 'react'

type StockAttributes = DetailedHTMLProps<HTMLAttributes<HoldfastStock>, HoldfastStock> & {
  sku: string
  channel?: string
  locale?: string
  low?: string
  'when-unavailable'?: 'sell' | 'stop'
  waitlist?: string
  compact?: boolean
  'onholdfast-change'?: (event: CustomEvent<StockChange>) => void
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'holdfast-stock': StockAttributes
    }
  }
}
