import { useToast } from './Toasts'

/** Code that can be copied. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const toast = useToast()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast('Copied')
  }
  return (
    <div className="flex items-start rounded-md bg-sunken">
      <pre className="min-w-0 flex-1 overflow-x-auto p-3 font-mono text-sm" tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <button type="button" className="button m-1.5 shrink-0 py-0.5 text-sm" onClick={copy}>
        Copy
      </button>
    </div>
  )
}
