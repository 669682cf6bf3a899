import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { api, read, setCsrfToken, setDemo, type Schemas } from './client'

export interface Session {
  options: Schemas['OptionsBody']
  /** The account, or null without a session. */
  me: Schemas['MeBody'] | null
}

/** Who uses the dashboard. It is loaded before the first page. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Infinity,
  queryFn: async (): Promise<Session> => {
    const options = await read(api.GET('/v1/auth/options'))
    const me = options.has_session ? await readMe() : null
    const { demo_project: project, demo_key: key } = options
    setDemo(!me && project && key ? { project, key } : undefined)
    return { options, me }
  },
})

/** Loads the session anew after a sign-in or a sign-out. */
export async function renewSession(queries: QueryClient): Promise<Session> {
  // What the former session has read isn't shown to the next one.
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] })
  return queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

/** Loads the session anew after a change of the account. It is that of the same person, so what was read stays. */
export function reloadSession(queries: QueryClient): Promise<Session> {
  return queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

export function isDemo(session: Session, project: string): boolean {
  return !session.me && session.options.demo_project === project
}

// The cookie may be that of a session that has ended or that still needs its second factor.
async function readMe(): Promise<Schemas['MeBody'] | null> {
  const csrf = await api.GET('/v1/auth/csrf')
  if (!csrf.data) return null
  setCsrfToken(csrf.data.csrf_token)
  const me = await api.GET('/v1/me')
  return me.data ?? null
}
