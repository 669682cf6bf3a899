import { useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type KeyboardEvent } from 'react'
import { projectsQuery } from '../api/projects'
import { top } from '../api/questions'
import type { Session } from '../api/session'
import { today } from '../format/time'
import { Dialog } from '../ui/Dialog'
import { sentKinds } from '../pages/overview/kinds'
import { toSearch, type View } from '../view/view'
import { places } from './places'

interface Entry {
  id: string
  text: string
  kind: string
  go: () => void
}

interface Props {
  open: boolean
  onClose: () => void
  session: Session
  project: string
  view: View
}

const shown = 10
const mostNames = 200

/** Goes to every page, project and name that the project sends. */
export function Palette(props: Props) {
  return (
    <Dialog label="Go to" open={props.open} onClose={props.onClose}>
      <Entries {...props} />
    </Dialog>
  )
}

function Entries({ onClose, session, project, view }: Props) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [selected, setSelected] = useState(0)
  const projects = useQuery({ ...projectsQuery(session), enabled: !!session.me })
  const ask = { project, view: { ...view, filters: [], compare: false }, today: today() }
  const kinds = sentKinds(useQuery(top(ask, 'type', 20)).data)
  const names = useQueries({ queries: kinds.map((kind) => top(ask, kind.by, mostNames)) })

  const search = toSearch(view)
  const all: Entry[] = [
    ...places.map((place) => ({
      id: `page ${place.title}`,
      text: place.title,
      kind: 'page',
      go: () => navigate({ to: place.to, params: { project }, search }),
    })),
    ...(projects.data ?? []).map((other) => ({
      id: other.id,
      text: other.name,
      kind: 'project',
      go: () => navigate({ to: '/projects/$project', params: { project: other.id } }),
    })),
    ...kinds.flatMap((kind, i) =>
      (names[i]?.data?.items ?? []).map((item) => ({
        id: `${kind.by} ${item.value}`,
        text: item.value,
        kind: kind.by,
        go: () => navigate({ to: '/projects/$project/subjects/$kind/$name', params: { project, kind: kind.by, name: item.value }, search }),
      })),
    ),
  ]
  const words = text.toLowerCase().split(/\s+/)
  const entries = all.filter((entry) => words.every((word) => entry.text.toLowerCase().includes(word))).slice(0, shown)

  const go = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.go()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setSelected(Math.min(selected + 1, entries.length - 1))
    else if (event.key === 'ArrowUp') setSelected(Math.max(selected - 1, 0))
    else if (event.key === 'Enter') go(entries[selected])
    else return
    event.preventDefault()
  }

  return (
    <div className="p-2">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={entries[selected] && `entry-${selected}`}
        aria-label="Go to a page, a project or a name"
        placeholder="Go to …"
        className="field mt-0"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setSelected(0)
        }}
        onKeyDown={press}
      />
      <ul id="palette" role="listbox" aria-label="Results" className="mt-2 min-h-80">
        {entries.map((entry, i) => (
          <li
            key={entry.id}
            id={`entry-${i}`}
            role="option"
            aria-selected={i === selected}
            className={`flex cursor-pointer justify-between rounded px-3 py-1.5 ${i === selected ? 'bg-accent-soft' : ''}`}
            onMouseMove={() => setSelected(i)}
            onClick={() => go(entry)}
          >
            <span className="truncate">{entry.text}</span>
            <span className="pl-4 text-sm text-muted">{entry.kind}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
