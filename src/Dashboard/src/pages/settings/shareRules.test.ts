import { expect, test } from 'vitest'
import { badgeMarkdown, badgeUrl, suggestedName } from './shareRules'

test('a name is suggested that the rule allows', () => {
  expect(suggestedName('My CLI (2nd)')).toBe('my-cli-2nd')
  expect(suggestedName('--Über--tool--')).toBe('ber-tool')
  expect(suggestedName(`${'a'.repeat(49)} b`)).toBe('a'.repeat(49))
})

test('the address of a badge has only what was chosen', () => {
  expect(badgeUrl('https://x.example', 'my-cli', 'installs', 'flat', '')).toBe('https://x.example/badge/my-cli/installs.svg')
  expect(badgeUrl('https://x.example', 'my-cli', 'installs', 'flat-square', 'green')).toBe(
    'https://x.example/badge/my-cli/installs.svg?style=flat-square&color=green',
  )
})

test('the Markdown of a badge leads to the page', () => {
  expect(badgeMarkdown('https://x.example', 'my-cli', { id: 'version', alt: 'version' }, 'flat', '')).toBe(
    '[![version](https://x.example/badge/my-cli/version.svg)](https://x.example/p/my-cli)',
  )
})
