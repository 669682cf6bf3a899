/** A message of a stream of server-sent events. */
export interface Message {
  event: string
  data: string
  id: string | undefined
}

/** Reads server-sent events from pieces of text, which may end anywhere. Returns the messages that are complete. */
export function createReader(): (piece: string) => Message[] {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).replaceAll('\r\n', '\n').split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => parse(block) ?? [])
  }
}

function parse(block: string): Message | undefined {
  const message: Message = { event: 'message', data: '', id: undefined }
  const data: string[] = []
  for (const line of block.split('\n')) {
    const at = line.indexOf(':')
    // A line that begins with a colon is a comment, such as a heartbeat.
    if (at === 0) continue
    const [field, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')]
    if (field === 'data') data.push(value)
    else if (field === 'event') message.event = value
    else if (field === 'id') message.id = value
  }
  return data.length === 0 ? undefined : { ...message, data: data.join('\n') }
}

const minute = 60_000

/** How many of the times of arrival are in the last minute. */
export function perMinute(arrivals: number[], now: number): number {
  return arrivals.filter((time) => time > now - minute).length
}
