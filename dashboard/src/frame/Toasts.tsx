import type { Problem } from '../api/problem.ts'
import { ProblemCode } from '../parts/Answers.tsx'
import { Icon } from '../parts/Icon.tsx'
import { useProblemText } from '../parts/problems/useProblemText.ts'
import { StatusShape } from '../parts/Status.tsx'
import { frameWords } from './catalogue.ts'
import { dismiss, type Toast, useToasts } from './toasts.ts'
import { useWords } from './words.ts'

const ProblemSaid = ({ problem }: { problem: Problem }) => {
  const { title, detail, remedy } = useProblemText(problem)
  return (
    <>
      {title}
      {detail !== undefined && <p className="t12">{detail}</p>}
      {remedy !== undefined && <p className="t12">{remedy}</p>}
      <ProblemCode problem={problem} />
    </>
  )
}

const ToastOf = ({ toast }: { toast: Toast }) => {
  const t = useWords(frameWords)
  const undo = () => {
    dismiss(toast.id)
    toast.undo?.()
  }
  return (
    <div className={toast.bad ? 'toast bad' : 'toast'}>
      {toast.bad && <StatusShape shape="octagon" size={15} />}
      <div className="grow">
        {toast.problem ? <ProblemSaid problem={toast.problem} /> : toast.text}
        {toast.detail !== undefined && <p className="t12">{toast.detail}</p>}
      </div>
      {toast.undo && (
        <button type="button" className="btn sm" onClick={undo}>
          <Icon name="undo" size={13} />
          {t('undo')}
        </button>
      )}
      <button
        type="button"
        className="btn icon sm plain"
        onClick={() => dismiss(toast.id)}
        aria-label={t('close')}
      >
        <Icon name="cross" size={12} />
      </button>
    </div>
  )
}

/** What just happened, with what takes it back. */
export const Toasts = () => (
  <div className="toasts" aria-live="polite">
    {useToasts().map(toast => (
      <ToastOf key={toast.id} toast={toast} />
    ))}
  </div>
)
