import { places } from './places'

const keys: [string, string][] = [
  ...places.map((place): [string, string] => [`g ${place.key}`, place.title]),
  ['f', 'Add a filter'],
  ['d', 'Choose the period'],
  ['x', 'Compare with the period before, or not'],
  ['t', 'The chart as a table'],
  ['Ctrl K', 'Go to a page, a project or a name'],
  ['?', 'These keys'],
]

export function Help() {
  return (
    <div className="p-5">
      <h2 className="mb-3 text-lg font-semibold">Keyboard</h2>
      <dl className="grid grid-cols-[5rem_1fr] gap-y-1.5">
        {keys.map(([key, text]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-sunken px-1.5 font-mono text-sm">{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
