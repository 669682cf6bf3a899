import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type SearchSchemaInput,
} from '@tanstack/react-router'
import { projectsQuery } from './api/projects'
import { isDemo, sessionQuery } from './api/session'
import { ProjectLayout } from './shell/ProjectLayout'
import { NotFound, PageFault } from './shell/NotFound'
import { overviewRoute } from './pages/overview/route'
import type { Search } from './view/view'

/**
 * The pages. Each is loaded when it is opened. A path that isn't below /projects is also in the list of the server
 * (src/Api/Dashboard/DashboardSetup.cs), which returns 404 for all others.
 */

interface Context {
  queries: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  beforeLoad: ({ context }) => context.queries.ensureQueryData(sessionQuery).then(() => undefined),
  component: Outlet,
  notFoundComponent: () => (
    <main className="p-4">
      <NotFound />
    </main>
  ),
})

const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  component: lazyRouteComponent(() => import('./pages/in/CardLayout'), 'CardLayout'),
})

const wide = createRoute({
  getParentRoute: () => root,
  id: 'wide',
  component: lazyRouteComponent(() => import('./pages/in/CardLayout'), 'WideLayout'),
})

const page = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => outside, path, component })

/** A page that needs an account. Without one, the sign-in returns to it. */
const member = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({
    getParentRoute: () => outside,
    path,
    component,
    beforeLoad: ({ context, location }) => requireAccount(context, location.href),
  })

/** The same with room for tables. */
const manage = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({
    getParentRoute: () => wide,
    path,
    component,
    beforeLoad: ({ context, location }) => requireAccount(context, location.href),
  })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (!session.me) return
    // A failed link to GitHub returns here.
    if (location.hash.startsWith('error=')) throw redirect({ to: '/account', hash: location.hash })
    const [first] = await context.queries.ensureQueryData(projectsQuery(session))
    throw first ? redirect({ to: '/projects/$project', params: { project: first.id } }) : redirect({ to: '/new' })
  },
  component: lazyRouteComponent(() => import('./pages/in/Welcome'), 'Welcome'),
})

export const projectRoute = createRoute({
  getParentRoute: () => root,
  path: '/projects/$project',
  validateSearch: (search: Search & SearchSchemaInput): Search => search,
  beforeLoad: async ({ context, params, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (!isDemo(session, params.project)) await requireAccount(context, location.href)
  },
  component: ProjectLayout,
})

const projectPage = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => projectRoute, path, component })

// A page of a project is a line here and one in shell/places.ts.
const projectPages = [
  createRoute({ getParentRoute: () => projectRoute, path: '/', ...overviewRoute }),
  projectPage('/commands', lazyRouteComponent(() => import('./pages/commands/Commands'), 'Commands')),
  projectPage('/subjects/$kind/$name', lazyRouteComponent(() => import('./pages/subject/Subject'), 'Subject')),
  projectPage('/remove', lazyRouteComponent(() => import('./pages/remove/Remove'), 'Remove')),
  projectPage('/releases', lazyRouteComponent(() => import('./pages/releases/Releases'), 'Releases')),
  projectPage('/failures', lazyRouteComponent(() => import('./pages/failures/Failures'), 'Failures')),
  projectPage('/people', lazyRouteComponent(() => import('./pages/people/People'), 'People')),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/start',
    component: lazyRouteComponent(() => import('./pages/start/FirstEvent'), 'FirstEvent'),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/events',
    component: lazyRouteComponent(() => import('./pages/explorer/Explorer'), 'Explorer'),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/live',
    component: lazyRouteComponent(() => import('./pages/live/LiveView'), 'LiveView'),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/privacy',
    component: lazyRouteComponent(() => import('./pages/privacy/Privacy'), 'Privacy'),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/settings',
    component: lazyRouteComponent(() => import('./pages/settings/Settings'), 'Settings'),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: '/settings/$tab',
    component: lazyRouteComponent(() => import('./pages/settings/Settings'), 'Settings'),
  }),
] as const

/** The public page of a project has a frame of its own, and needs no account. */
const publicPage = createRoute({
  getParentRoute: () => root,
  path: '/p/$name',
  component: lazyRouteComponent(() => import('./pages/public/PublicPage'), 'PublicPage'),
})

const outsidePages = [
  page('/sign-in', lazyRouteComponent(() => import('./pages/in/SignIn'), 'SignIn')),
  page('/sign-up', lazyRouteComponent(() => import('./pages/in/SignUp'), 'SignUp')),
  page('/verify', lazyRouteComponent(() => import('./pages/in/Verify'), 'Verify')),
  page('/owner', lazyRouteComponent(() => import('./pages/in/Verify'), 'BecomeOwner')),
  page('/password-forgotten', lazyRouteComponent(() => import('./pages/in/Passwords'), 'PasswordForgotten')),
  page('/password-reset', lazyRouteComponent(() => import('./pages/in/Passwords'), 'PasswordReset')),
  page('/email-change', lazyRouteComponent(() => import('./pages/in/Emails'), 'EmailChange')),
  page('/email-undo', lazyRouteComponent(() => import('./pages/in/Emails'), 'EmailUndo')),
  page('/invitation', lazyRouteComponent(() => import('./pages/in/Invitation'), 'Invitation')),
  page('/billing/return', lazyRouteComponent(() => import('./pages/in/Returned'), 'Returned')),
  member('/new', lazyRouteComponent(() => import('./pages/start/NewProject'), 'NewProject')),
] as const

const legalPages = [
  createRoute({
    getParentRoute: () => wide,
    path: '/privacy',
    component: lazyRouteComponent(() => import('./pages/legal/Legal'), 'PrivacyText'),
  }),
  createRoute({
    getParentRoute: () => wide,
    path: '/terms',
    component: lazyRouteComponent(() => import('./pages/legal/Legal'), 'Terms'),
  }),
] as const

const managePages = [
  manage('/plan', lazyRouteComponent(() => import('./pages/in/PlanAndUsage'), 'PlanAndUsage')),
  manage('/usage', lazyRouteComponent(() => import('./pages/in/PlanAndUsage'), 'PlanAndUsage')),
  manage('/account', lazyRouteComponent(() => import('./pages/account/Account'), 'Account')),
] as const

async function requireAccount({ queries }: Context, href: string): Promise<void> {
  const session = await queries.ensureQueryData(sessionQuery)
  if (!session.me) throw redirect({ to: '/sign-in', search: { to: href } as never })
}

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      home,
      outside.addChildren(outsidePages),
      wide.addChildren([...legalPages, ...managePages]),
      projectRoute.addChildren(projectPages),
      publicPage,
    ]),
    context: { queries },
    // Readable URLs: each parameter is a text, as in those of the API.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Search).toString()
      return text && `?${text}`
    },
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: PageFault,
    defaultPreload: 'intent',
    defaultPendingMs: 200,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
