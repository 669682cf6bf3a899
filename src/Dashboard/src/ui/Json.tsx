/** A value as indented JSON. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <pre className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-sm" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}
