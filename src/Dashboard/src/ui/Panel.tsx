import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { ApiError } from '../api/client'
import { Dialog } from './Dialog'
import { Fault } from './Fault'
import { Field } from './Field'

interface PanelProps {
  title: string
  about?: ReactNode
  children?: ReactNode
  danger?: boolean
}

/** A part of a page with a heading and a sentence about it. */
export function Panel({ title, about, children, danger = false }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={`panel p-5 ${danger ? 'border-worse' : ''}`}>
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      {about && <p className="mt-1 max-w-prose text-sm text-muted">{about}</p>}
      {children}
    </section>
  )
}

interface FormProps {
  action: string
  isBusy: boolean
  error: unknown
  onSubmit: (form: FormData, element: HTMLFormElement) => void
  children?: ReactNode
  look?: 'quiet' | 'main' | 'danger'
}

const looks = { quiet: '', main: 'button-main', danger: 'border-worse text-worse' }

/** A form in a panel or a dialog. Faults of fields are shown there, all others above the button. */
export function PanelForm({ action, isBusy, error, onSubmit, children, look = 'quiet' }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget), event.currentTarget)
  }
  const isOfFields = error instanceof ApiError && Object.keys(error.faults).length > 0
  return (
    <form onSubmit={submit} className="max-w-xl">
      {children}
      {!!error && !isOfFields && (
        <div className="mt-3">
          <Fault error={error} />
        </div>
      )}
      <button type="submit" className={`button mt-4 ${looks[look]}`} disabled={isBusy}>
        {action}
      </button>
    </form>
  )
}

interface ConfirmProps {
  /** The button that opens the question. */
  trigger: string
  /** What the button is about, for screen readers, if there are several of its kind. */
  of?: string
  title: string
  children: ReactNode
  action: string
  isBusy: boolean
  error: unknown
  /** A text that must be typed, because the action can't be undone. */
  typed?: string
  /** The question closes when it is done. */
  onConfirm: (form: FormData, close: () => void) => void
}

/** A button that asks before it acts. */
export function Confirm({ trigger, of, title, children, action, isBusy, error, typed, onConfirm }: ConfirmProps) {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const close = () => {
    setOpen(false)
    setText('')
  }
  return (
    <>
      <button type="button" className="button py-0.5 text-sm" onClick={() => setOpen(true)}>
        {trigger}
        {of && <span className="sr-only"> {of}</span>}
      </button>
      <Dialog label={title} open={open} onClose={close}>
        <div className="p-5">
          <h2 className="text-lg font-semibold">{title}</h2>
          <form
            className="mt-2"
            onSubmit={(event) => {
              event.preventDefault()
              if (!typed || text === typed) onConfirm(new FormData(event.currentTarget), close)
            }}
          >
            {/* In the form: it may have fields. */}
            <div className="text-muted">{children}</div>
            {typed && (
              <Field label={`Type ${typed} to confirm`} value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" />
            )}
            {!!error && (
              <div className="mt-3">
                <Fault error={error} />
              </div>
            )}
            <div className="mt-5 flex justify-end gap-2">
              <button type="button" className="button" onClick={close}>
                Cancel
              </button>
              <button type="submit" className="button border-worse text-worse" disabled={isBusy || (!!typed && text !== typed)}>
                {action}
              </button>
            </div>
          </form>
        </div>
      </Dialog>
    </>
  )
}

/** Why something can't be done here, instead of a button that is missing. */
export function Why({ children }: { children: ReactNode }) {
  return <p className="mt-3 text-sm text-muted">{children}</p>
}
