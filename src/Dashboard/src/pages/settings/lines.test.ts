import { expect, test } from 'vitest'
import { aliasLines, parseAliases, parseList } from './lines'

test('a list has each line once, without blanks', () => {
  expect(parseList(' plan \n\nplan\r\nsize')).toEqual(['plan', 'size'])
})

test('aliases survive a round trip', () => {
  const aliases = { deploy: 'publish', 'db migrate': 'migrate' }
  expect(parseAliases(aliasLines(aliases))).toEqual({ aliases })
  expect(parseAliases('')).toEqual({ aliases: {} })
})

test.each(['deploy', 'deploy =', '= publish'])('the line "%s" is no alias', (line) => {
  expect(parseAliases(line)).toHaveProperty('fault')
})
