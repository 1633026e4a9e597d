import type { ReactNode } from 'react'

const line = { fill: 'none', stroke: 'currentColor', strokeLinecap: 'round' } as const
const onTop = { stroke: 'var(--surface)', strokeWidth: 1.7, strokeLinecap: 'round' } as const

/** A status is a shape, a word, and only then a colour. */
const shapes = {
  tick: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" />
      <path d="m5.2 8.200 2 2 3.600-4.200" fill="none" {...onTop} strokeLinejoin="round" />
    </>
  ),
  falling: <path d="M2.500 4h11L8 13.500z" fill="currentColor" />,
  struck: (
    <g {...line} strokeWidth="1.600">
      <circle cx="8" cy="8" r="5.700" />
      <path d="m4 12 8-8" />
    </g>
  ),
  triangle: (
    <>
      <path
        d="M8 1.800 15 14H1z"
        fill="currentColor"
        stroke="currentColor"
        strokeLinejoin="round"
      />
      <path d="M8 6.300v3.500M8 11.900v.1" {...onTop} />
    </>
  ),
  octagon: (
    <>
      <path
        d="M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300l-3.800-3.800V5.300z"
        fill="currentColor"
      />
      <path d="M8 4.600v4M8 11.300v.1" {...onTop} />
    </>
  ),
  diamond: (
    <>
      <path d="M8 1 15 8l-7 7-7-7z" fill="currentColor" />
      <path d="M8 7.600v3M8 5.200v.1" {...onTop} />
    </>
  ),
  half: (
    <>
      <circle cx="8" cy="8" r="5.700" {...line} strokeWidth="1.600" />
      <path d="M8 2.300a5.700 5.700 0 0 1 0 11.400z" fill="currentColor" />
    </>
  ),
  dashed: (
    <circle cx="8" cy="8" r="5.700" {...line} strokeWidth="1.600" strokeDasharray="2.600 2" />
  ),
  square: <rect x="2.500" y="2.500" width="11" height="11" rx="2" fill="currentColor" />,
  out: <path d="M2 8h9M8 4l4 4-4 4" {...line} strokeWidth="2" strokeLinejoin="round" />,
  in: (
    <path
      d="M8 2v8M4.500 6.800 8 10.300l3.500-3.500M2.500 13.500h11"
      {...line}
      strokeWidth="1.800"
    />
  ),
  back: <path d="M13 8H4M8 4 4 8l4 4" {...line} strokeWidth="2" strokeLinejoin="round" />,
  plusminus: <path d="M8 2.500v6M5 5.500h6M5 12.500h6" {...line} strokeWidth="1.800" />,
  swap: (
    <path
      d="M2.500 5.500h10M10 3l2.500 2.500L10 8M13.500 10.500h-10M6 8l-2.500 2.500L6 13"
      {...line}
      strokeWidth="1.500"
    />
  ),
} as const

export type Shape = keyof typeof shapes
export type Tone = 'ok' | 'warn' | 'danger' | 'acc' | 'quiet'

export const StatusShape = ({ shape, size = 13 }: { shape: Shape; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true">
    {shapes[shape]}
  </svg>
)

type Said = { shape: Shape; tone?: Tone; children: ReactNode }

export const Status = ({ shape, tone = 'quiet', children }: Said) => (
  <span className="status">
    <span className={tone}>
      <StatusShape shape={shape} />
    </span>
    <span className="said">{children}</span>
  </span>
)

export const Badge = ({ shape, tone = 'quiet', children }: Said) => (
  <span className={`badge ${tone}`}>
    <StatusShape shape={shape} />
    {children}
  </span>
)
