import { ProblemCode } from '../parts/Answers.tsx'
import { Icon } from '../parts/Icon.tsx'
import { StatusShape } from '../parts/Status.tsx'
import { frameWords } from './catalogue.ts'
import { dismiss, type Toast, useToasts } from './toasts.ts'
import { useWords } from './words.ts'

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
        {toast.text}
        {toast.detail !== undefined && <p className="t12">{toast.detail}</p>}
        {toast.problem?.facts.hint !== undefined && (
          <p className="t12">{toast.problem.facts.hint}</p>
        )}
        {toast.problem && <ProblemCode problem={toast.problem} />}
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
