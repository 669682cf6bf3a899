import { expect, test } from 'vitest'
import { createReader, perMinute } from './sse'

test('messages may be cut anywhere', () => {
  const text = 'retry: 2000\n\nid: a1\nevent: event\ndata: {"x":1}\n\n: heartbeat\n\nid: a2\nevent: event\ndata: {"x":2}\n\n'
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = createReader()
    expect([...reader(text.slice(0, cut)), ...reader(text.slice(cut))]).toEqual([
      { id: 'a1', event: 'event', data: '{"x":1}' },
      { id: 'a2', event: 'event', data: '{"x":2}' },
    ])
  }
})

test('data of several lines is joined', () => {
  expect(createReader()('data: a\r\ndata:b\r\n\r\n')).toEqual([{ id: undefined, event: 'message', data: 'a\nb' }])
})

test('the rate is that of the last minute', () => expect(perMinute([0, 30_000, 30_001, 90_000], 90_000)).toBe(2))
