import { useId, type InputHTMLAttributes, type ReactNode } from 'react'

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  hint?: ReactNode
  fault?: string
}

/** An input with its label, a hint and the fault that the server found. */
export function Field({ label, hint, fault, ...input }: Props) {
  const id = useId()
  return (
    <div className="mt-4">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        id={id}
        className="field"
        aria-invalid={fault ? true : undefined}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        {...input}
      />
      {(hint || fault) && (
        <div id={`${id}-hint`} className={`mt-1 text-sm ${fault ? 'text-worse' : 'text-muted'}`}>
          {fault ?? hint}
        </div>
      )}
    </div>
  )
}
