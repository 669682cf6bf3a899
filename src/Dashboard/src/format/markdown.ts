/**
 * Reads the Markdown that texts of operators need: headings, paragraphs, lists, quotes, rules, code, emphasis and links. The result is a
 * tree that the page draws with elements of its own; HTML in the text stays text.
 */

export type Block =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph' | 'quote'; content: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' }

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'emphasis'; content: Inline[] }
  | { kind: 'link'; href: string; content: Inline[] }

const heading = /^(#{1,6})\s+(.*?)\s*#*$/
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/
const fence = /^\s*(```|~~~)/
const item = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/
const quote = /^\s*>\s?(.*)$/

export function parseMarkdown(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  const takeWhile = (accepts: (line: string) => boolean) => {
    const start = at
    while (at < lines.length && accepts(lines[at]!)) at++
    return lines.slice(start, at)
  }
  while (at < lines.length) {
    const line = lines[at]!
    const found = heading.exec(line)
    if (line.trim() === '') at++
    else if (fence.test(line)) {
      at++
      blocks.push({ kind: 'code', text: takeWhile((line) => !fence.test(line)).join('\n') })
      at++
    } else if (found) {
      blocks.push({ kind: 'heading', level: found[1]!.length, content: parseInline(found[2]!) })
      at++
    } else if (rule.test(line)) {
      blocks.push({ kind: 'rule' })
      at++
    } else if (item.test(line)) blocks.push(list(takeWhile((line) => line.trim() !== '' && !heading.test(line))))
    else if (quote.test(line)) {
      const quoted = takeWhile((line) => quote.test(line)).map((line) => quote.exec(line)![1]!)
      blocks.push({ kind: 'quote', content: parseInline(quoted.join(' ')) })
    } else {
      const paragraph = takeWhile((line) => line.trim() !== '' && !startsBlock(line))
      blocks.push({ kind: 'paragraph', content: parseInline(paragraph.map((line) => line.trim()).join(' ')) })
    }
  }
  return blocks
}

const startsBlock = (line: string) => [heading, rule, fence, item, quote].some((pattern) => pattern.test(line))

// A line that begins no item continues the one before.
function list(lines: string[]): Block {
  const items: string[] = []
  for (const line of lines) {
    const found = item.exec(line)
    if (found) items.push(found[3]!)
    else items[items.length - 1] += ' ' + line.trim()
  }
  return { kind: 'list', ordered: item.exec(lines[0]!)![2] !== undefined, items: items.map(parseInline) }
}

// In the order in which they are tried at each place: code, links, bare addresses, strong, emphasis.
const inline =
  /`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)|<((?:https?:\/\/|mailto:)[^<>\s]+)>|\*\*(.+?)\*\*|\*([^*\s][^*]*?)\*|\b_([^_\s][^_]*?)_\b/

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = []
  for (let rest = text; rest !== ''; ) {
    const found = inline.exec(rest)
    if (!found) return [...parts, { kind: 'text', text: rest }]
    if (found.index > 0) parts.push({ kind: 'text', text: rest.slice(0, found.index) })
    parts.push(partOf(found))
    rest = rest.slice(found.index + found[0].length)
  }
  return parts
}

function partOf([whole, code, label, target, address, strong, star, underscore]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code }
  if (label !== undefined && target !== undefined)
    return isSafe(target) ? { kind: 'link', href: target, content: parseInline(label) } : { kind: 'text', text: whole }
  if (address !== undefined) return { kind: 'link', href: address, content: [{ kind: 'text', text: address.replace(/^mailto:/, '') }] }
  if (strong !== undefined) return { kind: 'strong', content: parseInline(strong) }
  return { kind: 'emphasis', content: parseInline((star ?? underscore)!) }
}

/** Whether a link leads to a page or a mail, and runs no script. */
export function isSafe(href: string): boolean {
  return /^(https?:\/\/|mailto:|\/(?![/\\])|#)/i.test(href)
}
