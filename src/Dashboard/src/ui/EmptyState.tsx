import type { ReactNode } from 'react'

/** What a page shows instead of data: what will be there, and what fills it. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="panel mx-auto my-8 max-w-xl p-8 text-center">
      <h1 className="text-lg font-semibold">{title}</h1>
      <div className="mt-2 text-muted">{children}</div>
      {action && <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  )
}
