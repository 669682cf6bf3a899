import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../shell/useProject'

/** The frame of the pages outside of a project. */
export function CardLayout() {
  return (
    <Frame width="max-w-xl">
      <Outlet />
    </Frame>
  )
}

/** The same for pages with tables. */
export function WideLayout() {
  return (
    <Frame width="max-w-4xl">
      <Outlet />
    </Frame>
  )
}

/** The frame with a width of its own. */
export function Frame({ width, children }: { width: string; children: ReactNode }) {
  return (
    <div className={`mx-auto flex min-h-dvh flex-col px-4 ${width}`}>
      <header className="flex items-center justify-between py-5">
        <Link to="/" className="text-lg font-semibold">
          TelemetryKit
        </Link>
        <a href="/docs" className="text-muted hover:text-ink">
          Documentation
        </a>
      </header>
      <main className="flex-1 pb-16">{children}</main>
      <Foot />
    </div>
  )
}

/** Links to the operator's own texts, if there are any. */
function Foot() {
  const { options } = useSession()
  if (!options.has_privacy && !options.has_terms) return null
  return (
    <footer className="flex flex-wrap gap-x-6 gap-y-2 border-t border-line py-5 text-sm text-muted">
      {options.has_privacy && (
        <Link to="/privacy" className="hover:text-ink">
          Privacy
        </Link>
      )}
      {options.has_terms && (
        <Link to="/terms" className="hover:text-ink">
          Terms
        </Link>
      )}
    </footer>
  )
}
