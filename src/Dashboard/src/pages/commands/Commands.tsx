import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { top, type Ask } from '../../api/questions'
import { useProject } from '../../shell/useProject'
import { Day, ItemTable } from '../../ui/ItemTable'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Hint } from '../../ui/Hint'
import { Installs } from '../../ui/Number'
import { Tabs } from '../../ui/Tabs'
import { Trouble } from '../../ui/Trouble'
import { toSearch, withFilter } from '../../view/view'
import { kinds, sentKinds, type Kind } from '../overview/kinds'

const most = 500
const manyNames = 12

/** Everything that the project sends by its name, and what is no longer used. */
export function Commands() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  const types = useQuery(top(ask, 'type', 20))
  const [chosen, setChosen] = useState<string>()
  const sent = sentKinds(types.data)
  const shown = sent.length > 0 ? sent : kinds.slice(0, 1)
  const kind = shown.find((one) => one.by === chosen) ?? shown[0]!

  if (types.error) return <Fault error={types.error} retry={() => void types.refetch()} />
  if (types.data?.items.length === 0 && !types.isPlaceholderData) {
    return (
      <EmptyState
        title="Nothing is used in this view"
        line={'using var command = telemetry.TrackCommand("build");'}
        action={
          <Link to="/projects/$project/start" params={{ project }} className="button">
            Send an event
          </Link>
        }
      >
        The commands, features, methods and components of your tool will be here, with how many installs use each, how often it fails and how
        long it takes, and those without use in the period.
      </EmptyState>
    )
  }
  return (
    <div className="space-y-4">
      <h1 className="text-xl font-semibold">Commands and features</h1>
      <div className="panel">
        <Tabs
          label="Kind"
          selected={kind.by}
          onSelect={setChosen}
          tabs={shown.map((one) => ({ id: one.by, title: one.title, content: <Names ask={ask} kind={one} /> }))}
        />
      </div>
      <Unused ask={ask} kind={kind} />
    </div>
  )
}

function Names({ ask, kind }: { ask: Ask; kind: Kind }) {
  const answer = useQuery(top(ask, kind.by, most))
  const [text, setText] = useState('')
  if (answer.error) return <Trouble error={answer.error} retry={() => void answer.refetch()} what={kind.title} />
  const items = answer.data?.items.filter((item) => item.value.toLowerCase().includes(text.toLowerCase()))
  return (
    <>
      {(answer.data?.items.length ?? 0) > manyNames && (
        <div className="px-4 pt-3">
          <input
            type="search"
            aria-label={`Find in ${kind.title.toLowerCase()}`}
            placeholder="Find"
            className="field mt-0 sm:max-w-64"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      <ItemTable
        title={kind.title}
        answer={answer.data && { ...answer.data, items: items ?? [] }}
        rows={9}
        runs={kind.runs}
        empty={text ? `None has “${text}” in its name.` : undefined}
        name={(item) => <SubjectLink ask={ask} kind={kind} name={item.value} />}
      />
    </>
  )
}

/** A link to what is known about a name. */
export function SubjectLink({ ask, kind, name }: { ask: Ask; kind: Kind; name: string }) {
  return (
    <Link
      to="/projects/$project/subjects/$kind/$name"
      params={{ project: ask.project, kind: kind.by, name }}
      search={toSearch(ask.view)}
      className="rounded hover:text-accent hover:underline"
    >
      {name}
    </Link>
  )
}

function Unused({ ask, kind }: { ask: Ask; kind: Kind }) {
  const answer = useQuery(top({ ...ask, view: { ...ask.view, compare: false } }, kind.by, 100, { unused: 'true' }))
  return (
    <section aria-label="Not used in this period" className="panel">
      <h2 className="flex items-center gap-1 px-4 pt-2 text-sm font-medium">
        {kind.title} not used in this period
        <Hint label="What is listed as not used?">
          Names that were seen before the period, as far back as events are kept, but not in it. What was never used isn’t known here.
        </Hint>
      </h2>
      {answer.error ? (
        <Trouble error={answer.error} retry={() => void answer.refetch()} what="Names that are no longer used" />
      ) : (
        <ul className="min-h-12 px-4 pt-1 pb-3 text-sm">
          {!answer.data && <li className="skeleton h-5 max-w-80" />}
          {answer.data?.items.length === 0 && <li className="text-muted">All that were ever used are still used.</li>}
          {answer.data?.items.map((item) => (
            <li key={item.value} className="flex flex-wrap items-baseline gap-x-4 py-0.5">
              <SubjectLink ask={ask} kind={kind} name={item.value} />
              <span className="text-muted">
                last used <Day time={item.last_seen} />, by <Installs value={item.installs} /> before
              </span>
              <Link
                to="/projects/$project/remove"
                params={{ project: ask.project }}
                search={toSearch(withFilter(withFilter({ ...ask.view, filters: [] }, 'type', kind.type), 'subject', item.value))}
                className="link"
              >
                Remove it?
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
