import type { ReactNode } from 'react'
import type { Problem } from '../api/problem.ts'
import { useWords } from '../frame/words.ts'
import { Refusal } from './Answers.tsx'
import { askWords } from './askWords.ts'
import { Dialog, DialogFoot } from './Dialog.tsx'

type Asked = {
  /** A question. */
  title: string
  /** What it costs. */
  children: ReactNode
  /** The button repeats what is done. */
  does: string
  dangerous?: boolean
  busy: boolean
  problem?: Problem | null
  onDo: () => void
  onClose: () => void
}

/** Asks before what cannot be taken back. */
export const Confirm = (props: Asked) => {
  const { title, children, does, dangerous = true, busy, problem, onDo, onClose } = props
  const t = useWords(askWords)
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={onDo}
      size={440}
      foot={
        <DialogFoot
          does={does}
          busy={busy}
          danger={dangerous}
          leave={t('notNow')}
          onClose={onClose}
        />
      }
    >
      <div className="mut-2">{children}</div>
      {problem && <Refusal problem={problem} />}
    </Dialog>
  )
}
