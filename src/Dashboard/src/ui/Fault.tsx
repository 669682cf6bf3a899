import { ApiError } from '../api/client'

/** An error, and what to do. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const refusal = error instanceof ApiError ? error : undefined
  const text = refusal
    ? refusal.message
    : 'The server can’t be reached. Check the connection; what you see may be out of date.'
  return (
    <div role="alert" className="rounded-md border border-worse px-3 py-2 text-sm">
      <span className="font-medium text-worse">{refusal?.status === 503 ? 'The server is busy.' : 'That didn’t work.'}</span> {text}
      {refusal?.retryAfter && <> Try again in {refusal.retryAfter} s.</>}
      {retry && (
        <button type="button" className="link ml-2" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}
