import { afterEach, expect, test, vi } from 'vitest'
import { fetchPatiently } from './retry'

const url = 'http://localhost/v1/stats/overview'
const busy = () => new Response('', { status: 503, headers: { 'Retry-After': '2' } })

afterEach(() => vi.unstubAllGlobals())

/** Stubs fetch with these responses in turn, and returns it with the waits in between. */
function serve(...responses: Response[]) {
  const fetch = vi.fn(() => Promise.resolve(responses.length > 1 ? responses.shift()! : responses[0]!))
  vi.stubGlobal('fetch', fetch)
  const waits: number[] = []
  return { fetch, waits, wait: (time: number) => Promise.resolve(void waits.push(time)) }
}

test('a busy server is asked again after the time that it says', async () => {
  const { fetch, waits, wait } = serve(busy(), busy(), new Response('{}', { status: 200 }))
  const response = await fetchPatiently(new Request(url), wait)
  expect(response.status).toBe(200)
  expect(fetch).toHaveBeenCalledTimes(3)
  expect(waits).toHaveLength(2)
  for (const time of waits) expect(time >= 2_000 && time <= 3_000).toBe(true)
})

test('after some times its refusal is the response', async () => {
  const { fetch, wait } = serve(busy())
  expect((await fetchPatiently(new Request(url), wait)).status).toBe(503)
  expect(fetch).toHaveBeenCalledTimes(5)
})

test.each([
  ['a write', new Request(url, { method: 'POST' }), busy()],
  ['another fault', new Request(url), new Response('', { status: 500, headers: { 'Retry-After': '2' } })],
  ['no time', new Request(url), new Response('', { status: 503 })],
  ['a long time', new Request(url), new Response('', { status: 503, headers: { 'Retry-After': '3600' } })],
])('%s is not sent again', async (_, request, response) => {
  const { fetch, wait } = serve(response)
  await fetchPatiently(request, wait)
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('leaving the page ends the wait', async () => {
  const { fetch } = serve(busy())
  const leaving = new AbortController()
  const response = fetchPatiently(new Request(url, { signal: leaving.signal }))
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled())
  leaving.abort()
  await expect(response).rejects.toThrow()
  expect(fetch).toHaveBeenCalledTimes(1)
})
