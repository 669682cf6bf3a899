import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import type { Schemas } from '../../api/client'
import { overview, top, type Ask } from '../../api/questions'
import { percent } from '../../format/number'
import { Fault } from '../../ui/Fault'
import { Installs } from '../../ui/Number'
import { ofPage, toSearch, withFilter, type Search, type View } from '../../view/view'

const shown = 8

/** The thresholds stay for the next question. */
const searchOf = (view: View) => ((old: Search) => ({ ...ofPage(old), ...toSearch(view) })) as never

/** Asks what is to be removed, and proposes what the fewest installs use. */
export function Candidates({ ask }: { ask: Ask }) {
  const all = useQuery(overview(ask))
  return (
    <div className="space-y-4">
      <header>
        <h1 className="text-xl font-semibold">Can I remove this?</h1>
        <p className="mt-1 max-w-2xl text-muted">
          Name a command, a feature, a flag or a version, and get a verdict with its reasons: who still uses it, when the last new install began,
          and on what it rests.
        </p>
      </header>
      <Question ask={ask} />
      <h2 className="pt-2 font-medium">Used by the fewest installs in the period</h2>
      <div className="grid gap-4 lg:grid-cols-3">
        <Few ask={ask} by="subject" title="Names" installs={all.data?.installs} />
        <Few ask={ask} by="meta.flags" title="Flags" installs={all.data?.installs} />
        <Few ask={ask} by="version" title="Versions" installs={all.data?.installs} />
      </div>
    </div>
  )
}

function Question({ ask }: { ask: Ask }) {
  const navigate = useNavigate()
  const judge = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const value = String(form.get('value')).trim()
    if (value) void navigate({ to: '.', search: searchOf(withFilter(ask.view, String(form.get('field')), value)) })
  }
  return (
    <form onSubmit={judge} className="panel flex flex-wrap items-end gap-3 p-4">
      <label>
        <span className="text-sm text-muted">Kind</span>
        <select name="field" className="field h-10">
          <option value="subject">command, feature, …</option>
          <option value="meta.flags">flag</option>
          <option value="version">version</option>
        </select>
      </label>
      <label className="min-w-48 flex-1">
        <span className="text-sm text-muted">As your tool sends it</span>
        <input name="value" className="field h-10 font-mono" maxLength={128} required />
      </label>
      <button type="submit" className="button button-main h-10">
        Judge
      </button>
    </form>
  )
}

function Few({ ask, by, title, installs }: { ask: Ask; by: string; title: string; installs: number | null | undefined }) {
  // An error has a name as well, but it can’t be removed.
  const view = by === 'subject' ? withFilter(ask.view, 'type', 'error', true) : ask.view
  const answer = useQuery(top({ ...ask, view: { ...view, compare: false } }, by, 200))
  const items = fewest(answer.data)
  return (
    <section aria-label={title} className="panel">
      <h3 className="px-4 pt-2.5 pb-1 text-sm font-medium">{title}</h3>
      {answer.error ? (
        <Fault error={answer.error} retry={() => void answer.refetch()} />
      ) : (
        <ul className="min-h-72 pb-3 text-sm">
          {!answer.data && Array.from({ length: shown }, (_, i) => <li key={i} className="skeleton mx-4 my-2 h-5" />)}
          {answer.data && items.length === 0 && <li className="px-4 py-1 text-muted">None in this period.</li>}
          {items.map((item) => (
            <li key={item.value}>
              <Link
                to="."
                search={searchOf(withFilter(ask.view, by, item.value))}
                className="flex justify-between gap-4 px-4 py-1.5 hover:bg-sunken"
              >
                <span className="truncate font-mono">{item.value}</span>
                <span className="shrink-0 text-muted">
                  <Installs value={item.installs} />
                  {installs && item.installs != null ? `, ${percent(Math.min(1, item.installs / installs))}` : ''}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function fewest(answer: Schemas['TopAnswer'] | undefined): Schemas['TopItem'][] {
  return (answer?.items ?? [])
    .filter((item) => item.value !== '(none)' && item.installs != null)
    .sort((one, other) => (one.installs ?? 0) - (other.installs ?? 0))
    .slice(0, shown)
}
