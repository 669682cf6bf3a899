import { Link, Outlet } from '@tanstack/react-router'

/** The frame of the pages outside of a project. */
export function CardLayout() {
  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col px-4">
      <header className="flex items-center justify-between py-5">
        <Link to="/" className="text-lg font-semibold">
          TelemetryKit
        </Link>
        <a href="/docs" className="text-muted hover:text-ink">
          Documentation
        </a>
      </header>
      <main className="flex-1 pb-16">
        <Outlet />
      </main>
    </div>
  )
}
