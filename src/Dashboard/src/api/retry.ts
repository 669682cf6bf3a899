/** The number of times that a question is asked again while the server is busy, before the refusal is shown. */
const retries = 4
const longestWait = 10_000

/** Fetches. A GET that a busy server refuses with 503 and Retry-After is sent again after that time, unless it is aborted. */
export async function fetchPatiently(request: Request, wait = delay): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(request)
    const time = waitOf(request, response)
    if (time === undefined || attempt === retries) return response
    // Requests that were refused together must not come back together.
    await wait(time * (1 + Math.random() / 2), request.signal)
  }
}

/** The milliseconds after which the request may be sent again; undefined if the response is final. */
function waitOf(request: Request, response: Response): number | undefined {
  const seconds = Number(response.headers.get('Retry-After'))
  if (request.method !== 'GET' || response.status !== 503 || !(seconds > 0)) return undefined
  return seconds * 1_000 <= longestWait ? seconds * 1_000 : undefined
}

function delay(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, time)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
