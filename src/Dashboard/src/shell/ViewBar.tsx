import { Popover } from 'radix-ui'
import { useRef, useState, type FormEvent } from 'react'
import { addDays, dayText, isDay } from '../format/time'
import { Menu } from '../ui/Menu'
import { fieldText, fields, periods, rangeOf, withFilter, withoutFilter, type Filter, type View } from '../view/view'
import { useShortcuts } from './shortcuts'

interface Props {
  view: View
  today: string
  onChange: (view: View) => void
}

const periodText = (days: number) => (days === 365 ? 'Last 12 months' : `Last ${days} days`)
const custom = 'custom'

/** The one bar of all pages: environment, period, comparison and filters. */
export function ViewBar({ view, today, onChange }: Props) {
  const period = useRef<HTMLButtonElement>(null)
  const add = useRef<HTMLButtonElement>(null)
  const [choosesRange, setChoosesRange] = useState(false)
  useShortcuts({
    // A menu opens on the press of a key, as from the keyboard.
    d: () => period.current?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })),
    f: () => add.current?.click(),
    x: () => onChange({ ...view, compare: !view.compare }),
  })
  const range = rangeOf(view.period, today)
  const days = 'days' in view.period ? view.period.days : undefined
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <Menu
        label="Environment"
        selected={view.env}
        choices={[
          { id: 'live', text: 'Live' },
          { id: 'test', text: 'Test' },
        ]}
        onChoose={(env) => onChange({ ...view, env: env === 'test' ? 'test' : 'live' })}
      >
        {view.env === 'test' ? 'Test' : 'Live'}
      </Menu>
      <Popover.Root open={choosesRange} onOpenChange={setChoosesRange}>
        <Popover.Anchor asChild>
          <span>
            <Menu
              ref={period}
              label="Period"
              selected={days === undefined ? custom : String(days)}
              choices={[
                ...periods.map((days) => ({ id: String(days), text: periodText(days) })),
                { id: custom, text: 'From … to …' },
              ]}
              onChoose={(id) => (id === custom ? setChoosesRange(true) : onChange({ ...view, period: { days: Number(id) } }))}
            >
              {days === undefined ? `${dayText(range.from)} – ${dayText(range.to)}` : periodText(days)}
            </Menu>
          </span>
        </Popover.Anchor>
        <Popover.Portal>
          <Popover.Content align="start" sideOffset={4} collisionPadding={8} className="panel z-30 p-4 text-ink shadow-lg">
            <RangeForm
              from={range.from}
              to={range.to}
              today={today}
              onChoose={(period) => {
                setChoosesRange(false)
                onChange({ ...view, period })
              }}
            />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <button
        type="button"
        className="button py-1"
        aria-pressed={view.compare}
        title="Compare with the period before (x)"
        onClick={() => onChange({ ...view, compare: !view.compare })}
      >
        vs previous
        <span aria-hidden="true" className={`w-3 ${view.compare ? 'text-accent' : 'text-transparent'}`}>
          ✓
        </span>
      </button>
      {view.filters.map((filter) => (
        <Chip key={filter.field} filter={filter} view={view} onChange={onChange} />
      ))}
      <Popover.Root>
        <Popover.Trigger ref={add} className="button border-dashed py-1 text-muted" title="Add a filter (f)">
          + filter
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content align="start" sideOffset={4} collisionPadding={8} className="panel z-30 w-72 p-4 text-ink shadow-lg">
            <FilterForm onAdd={(field, value, negated) => onChange(withFilter(view, field, value, negated))} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </div>
  )
}

/** A filter. Its “is” turns to “is not”, and its ✕ removes it. */
function Chip({ filter, view, onChange }: { filter: Filter; view: View; onChange: (view: View) => void }) {
  const { field, value, negated } = filter
  return (
    <span className="inline-flex max-w-full items-center rounded-md bg-accent-soft text-ink">
      <span className="py-1 pl-3">{fieldText(field)}</span>
      <button
        type="button"
        className="rounded px-1.5 py-1 text-accent underline decoration-dotted underline-offset-4"
        aria-label={`${fieldText(field)} ${negated ? 'is not' : 'is'} ${value}: turn to ${negated ? 'is' : 'is not'}`}
        onClick={() => onChange(withFilter(view, field, value, !negated))}
      >
        {negated ? 'is not' : 'is'}
      </button>
      <span className="truncate font-medium">{value}</span>
      <button
        type="button"
        className="rounded px-2 py-1 text-muted hover:text-ink"
        aria-label={`Remove the filter ${fieldText(field)}`}
        onClick={() => onChange(withoutFilter(view, field))}
      >
        ✕
      </button>
    </span>
  )
}

function FilterForm({ onAdd }: { onAdd: (field: string, value: string, negated: boolean) => void }) {
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const value = String(form.get('value')).trim()
    if (value) onAdd(String(form.get('field')), value, form.get('verb') === 'not')
  }
  return (
    <form onSubmit={add} className="grid gap-2">
      <label>
        <span className="text-sm text-muted">Field</span>
        <select name="field" className="field" defaultValue="version">
          {Object.entries(fields).map(([field, text]) => (
            <option key={field} value={field}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="sr-only">Comparison</span>
        <select name="verb" className="field mt-0">
          <option value="is">is</option>
          <option value="not">is not</option>
        </select>
      </label>
      <label>
        <span className="text-sm text-muted">Value, or (none); 1.4.x for all versions 1.4</span>
        <input name="value" className="field" maxLength={128} autoFocus required />
      </label>
      <button type="submit" className="button button-main mt-1">
        Add the filter
      </button>
    </form>
  )
}

function RangeForm(props: { from: string; to: string; today: string; onChoose: (range: { from: string; to: string }) => void }) {
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [from, to] = [String(form.get('from')), String(form.get('to'))]
    if (isDay(from) && isDay(to)) props.onChoose(from <= to ? { from, to } : { from: to, to: from })
  }
  const limits = { min: addDays(props.today, -3650), max: props.today, required: true, type: 'date' }
  return (
    <form onSubmit={choose} className="flex flex-wrap items-end gap-2">
      <label>
        <span className="text-sm text-muted">From</span>
        <input name="from" className="field" defaultValue={props.from} {...limits} />
      </label>
      <label>
        <span className="text-sm text-muted">To</span>
        <input name="to" className="field" defaultValue={props.to} {...limits} />
      </label>
      <button type="submit" className="button button-main">
        Show
      </button>
      <p className="w-full text-sm text-muted">Days are UTC days.</p>
    </form>
  )
}
