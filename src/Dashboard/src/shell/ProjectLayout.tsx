import { useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { api, read } from '../api/client'
import { projectsQuery } from '../api/projects'
import { isDemo, renewSession } from '../api/session'
import { rangeOf, toSearch, type View } from '../view/view'
import { ageText, dayText } from '../format/time'
import { Dialog } from '../ui/Dialog'
import { Menu } from '../ui/Menu'
import { Palette } from './Palette'
import { places } from './places'
import { Help } from './Help'
import { NotFound } from './NotFound'
import { useShortcuts } from './shortcuts'
import { useTheme } from './theme'
import { useProject, useSession } from './useProject'
import { ViewBar } from './ViewBar'

type Opened = 'palette' | 'help' | 'places' | 'view' | null

/** The frame of a project's pages: the side bar, the one bar, the palette and the shortcuts. */
export function ProjectLayout() {
  const { project, view, setView, today } = useProject()
  const session = useSession()
  const navigate = useNavigate()
  const isMissing = useIsMissing(project)
  const [opened, setOpened] = useState<Opened>(null)
  const close = () => setOpened(null)
  const search = toSearch(view)

  useShortcuts({
    'ctrl+k': () => setOpened('palette'),
    '?': () => setOpened('help'),
    ...Object.fromEntries(
      places.map((place) => [`g ${place.key}`, () => void navigate({ to: place.to, params: { project }, search })]),
    ),
  })

  if (isMissing) {
    return (
      <main className="p-4">
        <NotFound />
      </main>
    )
  }
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[14rem_1fr]">
      <a href="#content" className="button sr-only z-50 focus:not-sr-only focus:absolute focus:m-2">
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface md:flex">
        <div className="p-3">
          <ProjectSwitch project={project} />
        </div>
        <PlaceList project={project} view={view} />
        <Foot project={project} />
      </aside>
      <div className="min-w-0">
        <header className="sticky top-0 z-20 flex min-h-14 items-center gap-2 border-b border-line bg-page/95 px-4 py-2 backdrop-blur-sm">
          <div className="hidden flex-1 md:flex">
            <ViewBar view={view} today={today} onChange={setView} />
          </div>
          <div className="flex flex-1 items-center gap-2 overflow-hidden md:hidden">
            <button type="button" className="button py-1" aria-label="Pages" onClick={() => setOpened('places')}>
              ☰
            </button>
            <button type="button" className="button min-w-0 flex-1 justify-start py-1" onClick={() => setOpened('view')}>
              <span className="truncate">{summary(view, today)}</span>
            </button>
          </div>
          <Loading />
          <button type="button" className="button py-1 text-muted" onClick={() => setOpened('palette')}>
            <span className="sr-only">Go to: </span>
            <kbd className="font-sans text-sm">Ctrl K</kbd>
          </button>
        </header>
        {isDemo(session, project) && <DemoNotice isFirst={session.options.sign_up === 'first'} />}
        <main id="content" tabIndex={-1} className="mx-auto max-w-7xl p-4 outline-none">
          <Outlet />
        </main>
      </div>
      <Palette open={opened === 'palette'} onClose={close} session={session} project={project} view={view} />
      <Dialog label="Keyboard" open={opened === 'help'} onClose={close}>
        <Help />
      </Dialog>
      <Dialog label="Pages" open={opened === 'places'} onClose={close} sheet>
        <Sheet onClose={close}>
          <ProjectSwitch project={project} />
          <div onClick={close}>
            <PlaceList project={project} view={view} />
          </div>
          <Foot project={project} />
        </Sheet>
      </Dialog>
      <Dialog label="Period and filters" open={opened === 'view'} onClose={close} sheet>
        <Sheet onClose={close}>
          <ViewBar view={view} today={today} onChange={setView} />
        </Sheet>
      </Dialog>
    </div>
  )
}

/** Whether the account has no such project. One that was shown and is being deleted stays until its page is left. The demo needs none. */
function useIsMissing(project: string): boolean {
  const session = useSession()
  const projects = useQuery({ ...projectsQuery(session), enabled: !!session.me })
  const shown = useRef<string>(undefined)
  if (projects.data?.some((one) => one.id === project)) shown.current = project
  return !!session.me && projects.isSuccess && !projects.isFetching && shown.current !== project
}

function Sheet({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  return (
    <div className="flex min-h-56 flex-col gap-3 p-4">
      {children}
      <button type="button" className="button mt-auto" onClick={onClose}>
        Done
      </button>
    </div>
  )
}

function summary(view: View, today: string): string {
  const range = rangeOf(view.period, today)
  const filters = view.filters.length === 0 ? '' : ` · ${view.filters.length} filter${view.filters.length > 1 ? 's' : ''}`
  return `${view.env === 'test' ? 'Test · ' : ''}${dayText(range.from)} – ${dayText(range.to)}${filters}`
}

function PlaceList({ project, view }: { project: string; view: View }) {
  return (
    <nav aria-label="Pages" className="flex-1 px-2">
      {([1, 2] as const).map((group) => (
        <ul key={group} className={group === 2 ? 'mt-3 border-t border-line pt-3' : ''}>
          {places
            .filter((place) => place.group === group)
            .map((place) => (
              <li key={place.to}>
                <Link
                  to={place.to}
                  params={{ project }}
                  search={toSearch(view)}
                  activeOptions={{ exact: place.to === '/projects/$project', includeSearch: false }}
                  className="block rounded-md px-3 py-1.5 text-muted hover:bg-sunken hover:text-ink"
                  activeProps={{ className: 'bg-accent-soft font-medium !text-ink' }}
                >
                  {place.title}
                </Link>
              </li>
            ))}
        </ul>
      ))}
    </nav>
  )
}

const another = 'new'

function ProjectSwitch({ project }: { project: string }) {
  const session = useSession()
  const navigate = useNavigate()
  const projects = useQuery({ ...projectsQuery(session), enabled: !!session.me })
  const current = projects.data?.find((one) => one.id === project)
  useEffect(() => {
    document.title = current ? `${current.name} – TelemetryKit` : 'TelemetryKit'
  }, [current])
  if (!session.me) return <div className="px-2 py-1 text-lg font-semibold">demo</div>
  return (
    <Menu
      label="Project"
      selected={project}
      choices={[...(projects.data ?? []).map((one) => ({ id: one.id, text: one.name })), { id: another, text: '+ New project' }]}
      onChoose={(id) =>
        void (id === another ? navigate({ to: '/new' }) : navigate({ to: '/projects/$project', params: { project: id } }))
      }
    >
      <span className="font-semibold">{current?.name ?? '…'}</span>
    </Menu>
  )
}

function Foot({ project }: { project: string }) {
  const session = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { theme, toggle } = useTheme()
  const signOut = async () => {
    await read(api.POST('/v1/auth/sign-out'))
    await renewSession(queries)
    await navigate({ to: '/' })
  }
  return (
    <div className="space-y-1 border-t border-line p-3 text-sm">
      {session.me && <Usage project={project} />}
      <button type="button" className="block w-full rounded px-2 py-1 text-left text-muted hover:bg-sunken" onClick={toggle}>
        {theme === 'dark' ? 'Light' : 'Dark'} colours
      </button>
      <a href="/docs" className="block rounded px-2 py-1 text-muted hover:bg-sunken">
        Documentation
      </a>
      {session.me ? (
        <>
          <Link to="/account" className="block truncate rounded px-2 py-1 text-muted hover:bg-sunken">
            {session.me.name}
          </Link>
          <button type="button" className="block w-full rounded px-2 py-1 text-left text-muted hover:bg-sunken" onClick={signOut}>
            Sign out
          </button>
        </>
      ) : (
        <Link to="/sign-in" className="block rounded px-2 py-1 text-muted hover:bg-sunken">
          Sign in
        </Link>
      )}
    </div>
  )
}

/** How much of the month's quota is used; nothing without a quota. */
function Usage({ project }: { project: string }) {
  const session = useSession()
  const tenant = useQuery(projectsQuery(session)).data?.find((one) => one.id === project)?.tenant_id
  const usage = useQuery({
    queryKey: ['usage', tenant],
    staleTime: 300_000,
    enabled: !!tenant,
    queryFn: () => read(api.GET('/v1/usage', { params: { query: { tenant: tenant! } } })),
  })
  const quota = usage.data?.live
  if (!quota?.limit) return null
  const share = Math.min(1, quota.accepted / quota.limit)
  return (
    <Link to="/usage" className="block rounded px-2 py-1 hover:bg-sunken">
      <span className={share >= 1 ? 'text-worse' : 'text-muted'}>Usage {Math.floor(share * 100)}% of the month</span>
      <span className="mt-1 block h-1 rounded bg-sunken">
        <span className={`block h-1 rounded ${share >= 1 ? 'bg-worse' : 'bg-accent'}`} style={{ width: `${share * 100}%` }} />
      </span>
    </Link>
  )
}

/** Answers that take long say so. */
function Loading() {
  const isFetching = useIsFetching({ queryKey: ['stats'] }) > 0
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!isFetching) return
    const timer = setTimeout(() => setSlow(true), 1_000)
    return () => clearTimeout(timer)
  }, [isFetching])
  return (
    <span className="flex w-20 justify-end text-xs text-muted">
      <span role="status">{isSlow ? 'Counting …' : ''}</span>
      {!isFetching && <Age />}
    </span>
  )
}

/** How old the oldest answer on the page is, if it isn’t fresh. A click asks again. */
function Age() {
  const queries = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    const look = () => {
      const shown = queries.getQueryCache().findAll({ queryKey: ['stats'], type: 'active' })
      const times = shown.map((query) => query.state.dataUpdatedAt).filter((time) => time > 0)
      setText(times.length > 0 ? ageText(Date.now() - Math.min(...times)) : null)
    }
    look()
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [queries])
  if (!text) return null
  return (
    <button
      type="button"
      className="rounded px-1 py-0.5 whitespace-nowrap hover:bg-sunken hover:text-ink"
      title="What you see is that old. Click to count again."
      onClick={() => void queries.refetchQueries({ queryKey: ['stats'], type: 'active' })}
    >
      {text} old <span aria-hidden="true">↻</span>
    </button>
  )
}

function DemoNotice({ isFirst }: { isFirst: boolean }) {
  return (
    <section aria-label="Demo" className="border-b border-line bg-accent-soft px-4 py-2 text-sm">
      This is a made-up build tool with 90 days of generated events.{' '}
      {isFirst ? 'The link on the server’s console makes you its owner.' : ''}{' '}
      <Link to="/sign-up" className="link">
        Measure your own tool
      </Link>
    </section>
  )
}
