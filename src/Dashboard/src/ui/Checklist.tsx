/** What is promised: a list with a tick, a title and a sentence each. */
export function Checklist({ items }: { items: readonly (readonly [title: string, text: string])[] }) {
  return (
    <ul className="mt-3 grid gap-x-8 gap-y-3 sm:grid-cols-2">
      {items.map(([title, text]) => (
        <li key={title} className="flex gap-3">
          <span aria-hidden="true" className="text-better">
            ✓
          </span>
          <span>
            <span className="font-medium">{title}.</span> <span className="text-muted">{text}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
