import { expect, test } from 'vitest'
import { actors, platforms } from '../pages/overview/names'
import { isField, parseView } from '../view/view'
import { words } from './words'

const members = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

test.each(members)('a value called %s has no other name', (value) => {
  expect(words({ linux: 'Linux' })[value]).toBeUndefined()
  expect(platforms[value]).toBeUndefined()
  expect(actors[value]).toBeUndefined()
})

test.each(members)('%s is no field', (name) => {
  expect(isField(name)).toBe(false)
  expect(parseView({ [name]: 'x', [`not.${name}`]: 'x' }).filters).toEqual([])
})

test('a value that has another name keeps it', () => expect(words({ linux: 'Linux' })['linux']).toBe('Linux'))
