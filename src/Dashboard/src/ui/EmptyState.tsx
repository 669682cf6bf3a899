import type { ReactNode } from 'react'

interface Props {
  title: string
  /** What will be here. */
  children: ReactNode
  /** The line of code that fills the page. */
  line?: string
  action?: ReactNode
}

/** A page or a part without data: what will be here, what fills it, and what to do next. */
export function EmptyState({ title, children, line, action }: Props) {
  return (
    <div className="panel mx-auto my-8 max-w-xl p-8 text-center">
      <h1 className="text-lg font-semibold">{title}</h1>
      <div className="mt-2 text-muted">{children}</div>
      {line && (
        <pre
          className="mt-4 overflow-x-auto rounded-md bg-sunken p-3 text-left font-mono text-sm"
          tabIndex={0}
          aria-label="The line that fills it"
        >
          {line}
        </pre>
      )}
      {action && <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  )
}
