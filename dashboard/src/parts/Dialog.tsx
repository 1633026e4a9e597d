import { Modal } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { frameWords } from '../frame/catalogue.ts'
import { useWords } from '../frame/words.ts'
import { Icon } from './Icon.tsx'

type Opened = {
  /** A question, or what is done. */
  title: ReactNode
  onClose: () => void
  /** Ctrl-Enter and the first button do it. */
  onSubmit?: () => void
  children: ReactNode
  /** The buttons; the main one first. */
  foot?: ReactNode
  size?: number
  /** Its content is lost with it: neither Escape nor a click beside it closes it. */
  stays?: boolean
}

/** A dialog over the page: the focus stays within, Escape closes it, and it gives the focus back. */
export const Dialog = ({
  title,
  onClose,
  onSubmit,
  children,
  foot,
  size = 480,
  stays = false,
}: Opened) => {
  const t = useWords(frameWords)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit?.()
  }
  return (
    <Modal.Root
      opened
      onClose={onClose}
      closeOnEscape={!stays}
      closeOnClickOutside={!stays}
      lockScroll={false}
      size={size}
      centered
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay className="dialog-overlay" transitionProps={{ duration: 0 }} />
      <Modal.Content className="dialog">
        <form
          onSubmit={submit}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
          }}
        >
          <header>
            <Modal.Title className="dialog-title">{title}</Modal.Title>
            <button
              type="button"
              className="btn ghost icon sm end"
              onClick={onClose}
              aria-label={t('close')}
            >
              <Icon name="cross" size={14} />
            </button>
          </header>
          <div className="dialog-body">{children}</div>
          {foot !== undefined && <footer>{foot}</footer>}
        </form>
      </Modal.Content>
    </Modal.Root>
  )
}

type Footed = {
  /** What the button does, in the words of the dialog. */
  does: ReactNode
  /** Enough was said to do it. */
  ready?: boolean
  busy: boolean
  /** It takes something away. */
  danger?: boolean
  /** What the way out is called; "Cancel" when left out. */
  leave?: string
  onClose: () => void
}

/** The foot of a dialog that does something: the button, and the way out. */
export const DialogFoot = ({ does, ready = true, busy, danger, leave, onClose }: Footed) => {
  const f = useWords(frameWords)
  return (
    <>
      <button
        type="submit"
        className={danger ? 'btn danger' : 'btn primary'}
        disabled={!ready || busy}
        aria-busy={busy}
      >
        {does}
      </button>
      <button type="button" className="btn ghost" onClick={onClose}>
        {leave ?? f('cancel')}
      </button>
    </>
  )
}
