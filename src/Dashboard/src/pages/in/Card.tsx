import type { FormEvent, ReactNode } from 'react'
import { Fault } from '../../ui/Fault'
import { ApiError } from '../../api/client'

/** A page with one heading and one purpose. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel p-6 sm:p-8">
      <title>{`${title} – TelemetryKit`}</title>
      <h1 className="text-xl font-semibold">{title}</h1>
      {children}
    </section>
  )
}

interface FormProps {
  action: string
  isBusy: boolean
  error: unknown
  onSubmit: (form: FormData) => void
  children: ReactNode
}

/** A form with one button. Faults of fields are shown there, all others above the button. */
export function CardForm({ action, isBusy, error, onSubmit, children }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  const isOfFields = error instanceof ApiError && Object.keys(error.faults).length > 0
  return (
    <form onSubmit={submit}>
      {children}
      {!!error && !isOfFields && (
        <div className="mt-4">
          <Fault error={error} />
        </div>
      )}
      <button type="submit" className="button button-main mt-6 w-full py-2" disabled={isBusy}>
        {action}
      </button>
    </form>
  )
}

/** The faults of the fields of a form. */
export function faultsOf(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.faults : {}
}

export const text = (form: FormData, name: string) => String(form.get(name) ?? '')

/** The token in the fragment of a mailed link, which browsers never send. */
export function linkToken(): string {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
}
