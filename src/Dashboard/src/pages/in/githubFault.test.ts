import { expect, test } from 'vitest'
import { linkFault, signInFault } from './githubFault'

test.each(['Your account is locked: call us', '__proto__', 'constructor'])('the address can not make the page say %s', (code) => {
  expect(signInFault(code)).toBe(signInFault('github'))
  expect(linkFault(code)).toBe(linkFault('github'))
})

test('a known code has its own text', () => {
  expect(signInFault('sign_up_closed')).toContain('invitation')
  expect(linkFault('github_other_address')).toContain('another address')
})
