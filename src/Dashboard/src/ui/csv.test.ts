import { expect, test } from 'vitest'
import { toCsv } from './csv'

test('a sheet is RFC 4180', () => {
  const sheet = { columns: ['name', 'runs'], rows: [['a,b', 1], ['say "hi"', null], ['two\nlines', 2.5]] }
  expect(toCsv(sheet)).toBe('name,runs\r\n"a,b",1\r\n"say ""hi""",\r\n"two\nlines",2.5\r\n')
})

test.each(['=1+1', '+1', '-1', '@a', '\t=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff20a'])('the text %s is no formula', (text) => {
  expect(toCsv({ columns: ['x'], rows: [[text]] })).toBe(`x\r\n'${text}\r\n`)
})

test.each(['\r=1', '\n=1'])('a line break before a formula is quoted: %j', (text) => {
  expect(toCsv({ columns: ['x'], rows: [[text]] })).toBe(`x\r\n"'${text}"\r\n`)
})
