interface Props {
  label: string
  values: (number | null)[]
  /** What a bar is, on hover. */
  title: (index: number) => string
}

/** Small bars over time. */
export function Sparkline({ label, values, title }: Props) {
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE)
  return (
    <div role="img" aria-label={label} className="flex h-16 items-end gap-0.5">
      {values.map((value, i) => (
        <span key={i} title={title(i)} className="flex h-full flex-1 items-end rounded-sm bg-sunken">
          <span className="w-full rounded-sm bg-accent" style={{ height: value ? `max(2px, ${(100 * value) / most}%)` : 0 }} />
        </span>
      ))}
    </div>
  )
}
