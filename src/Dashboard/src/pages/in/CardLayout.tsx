import { Link, Outlet } from '@tanstack/react-router'

/** The frame of the pages outside of a project. */
export function CardLayout() {
  return <Layout width="max-w-xl" />
}

/** The same for pages with tables. */
export function WideLayout() {
  return <Layout width="max-w-4xl" />
}

function Layout({ width }: { width: string }) {
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
      <main className="flex-1 pb-16">
        <Outlet />
      </main>
    </div>
  )
}
