import { useToast } from './Toasts'

/** Code that can be copied. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const toast = useToast()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast('Copied')
  }
  return (
    <div className="relative rounded-md bg-sunken">
      <pre className="overflow-x-auto p-3 pr-20 font-mono text-sm" tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <button type="button" className="button absolute top-1.5 right-1.5 py-0.5 text-sm" onClick={copy}>
        Copy
      </button>
    </div>
  )
}
