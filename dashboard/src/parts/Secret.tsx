import { useState } from 'react'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { askWords } from './askWords.ts'
import { Icon } from './Icon.tsx'
import { StatusShape } from './Status.tsx'

const COPIED_MS = 2_000

/** Copies a text, and says so for a moment. */
export const CopyButton = ({ text, small = false }: { text: string; small?: boolean }) => {
  const t = useWords(frameWords)
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    if (navigator.clipboard === undefined) return // only where the page came by HTTPS
    await navigator.clipboard.writeText(text)
    setCopied(true)
    window.setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button type="button" className={small ? 'btn sm' : 'btn'} onClick={copy}>
      <Icon name={copied ? 'check' : 'link'} size={14} />
      <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
    </button>
  )
}

/** A secret that is shown this once. */
export const Secret = ({ text, label }: { text: string; label: string }) => {
  const t = useWords(askWords)
  return (
    <div className="stack tight">
      <div className="note warn">
        <StatusShape shape="triangle" size={15} />
        <p>{t('shownOnce')}</p>
      </div>
      <div className="row">
        <output className="secret mono grow" aria-label={label}>
          {text}
        </output>
        <CopyButton text={text} />
      </div>
    </div>
  )
}
