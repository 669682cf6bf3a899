import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { sessionQuery } from '../api/session'
import { today } from '../format/time'
import { ofPage, parseView, toSearch, type Search, type View } from '../view/view'

const route = getRouteApi('/projects/$project')

/** What every page of a project needs: its id, the view in the URL and the current UTC day. */
export function useProject() {
  const { project } = route.useParams()
  const search = route.useSearch()
  // Not that of the route, from which `.` is the project's first page.
  const navigate = useNavigate()
  const view = useMemo(() => parseView(search), [search])
  const setView = useCallback(
    (view: View) => navigate({ to: '.', search: ((old: Search) => ({ ...ofPage(old), ...toSearch(view) })) as never }),
    [navigate],
  )
  return { project, view, setView, today: today() }
}

/** The session, which is loaded before any page. */
export function useSession() {
  const session = useQuery(sessionQuery).data
  if (!session) throw new Error('The session is loaded before any page.')
  return session
}
