import { expect, test } from 'vitest'
import { isSafe, parseInline, parseMarkdown } from './markdown'

test('blocks', () => {
  const blocks = parseMarkdown(
    '# Privacy\r\n\r\nWho we are,\nand where.\n- one\n  more of one\n- two\n\n3. three\n\n> said\n> so\n\n---\n```\n<b>\n```',
  )
  expect(blocks).toEqual([
    { kind: 'heading', level: 1, content: [{ kind: 'text', text: 'Privacy' }] },
    { kind: 'paragraph', content: [{ kind: 'text', text: 'Who we are, and where.' }] },
    { kind: 'list', ordered: false, items: [[{ kind: 'text', text: 'one more of one' }], [{ kind: 'text', text: 'two' }]] },
    { kind: 'list', ordered: true, items: [[{ kind: 'text', text: 'three' }]] },
    { kind: 'quote', content: [{ kind: 'text', text: 'said so' }] },
    { kind: 'rule' },
    { kind: 'code', text: '<b>' },
  ])
})

test('words in a line', () => {
  expect(parseInline('See **the *small* print** at [us](https://example.org/a), `a*b*` or <mailto:me@example.org>.')).toEqual([
    { kind: 'text', text: 'See ' },
    {
      kind: 'strong',
      content: [
        { kind: 'text', text: 'the ' },
        { kind: 'emphasis', content: [{ kind: 'text', text: 'small' }] },
        { kind: 'text', text: ' print' },
      ],
    },
    { kind: 'text', text: ' at ' },
    { kind: 'link', href: 'https://example.org/a', content: [{ kind: 'text', text: 'us' }] },
    { kind: 'text', text: ', ' },
    { kind: 'code', text: 'a*b*' },
    { kind: 'text', text: ' or ' },
    { kind: 'link', href: 'mailto:me@example.org', content: [{ kind: 'text', text: 'me@example.org' }] },
    { kind: 'text', text: '.' },
  ])
})

test('HTML and links that run scripts stay text', () => {
  const hostile = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>']
  const links = ['[x](javascript:alert)', '[x](data:text/html,x)', '[x](//evil)']
  for (const text of [...hostile, ...links])
    expect(parseInline(text)).toEqual([{ kind: 'text', text }])
})

test.each([
  ['https://example.org', true],
  ['mailto:a@example.org', true],
  ['/privacy', true],
  ['#part', true],
  ['JavaScript:alert(1)', false],
  ['//example.org', false],
  ['/\\example.org', false],
  ['vbscript:x', false],
])('%s', (href, safe) => expect(isSafe(href)).toBe(safe))

test('any text ends', () => {
  for (const text of ['**', '*', '```', '> ', '- ', '#', '[](', '_a', '****', '1.']) expect(parseMarkdown(text)).toBeDefined()
})
