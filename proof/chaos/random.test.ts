import { expect, test } from '@jest/globals'
import { diceOf } from './random.ts'

test('the same seed draws the same, another seed another, and one fork does not move the next', () => {
  const draws = (seed: number) =>
    Array.from({ length: 5 }, () => diceOf(seed)).map((dice) => [dice.next(), dice.between(1, 6)])
  expect(new Set(draws(1).map(String)).size).toBe(1)
  expect(draws(1)[0]).not.toEqual(draws(2)[0])
  const dice = diceOf(3)
  const first = dice.fork('a').next()
  dice.next()
  expect(dice.fork('a').next()).toBe(first)
  expect(dice.fork('b').next()).not.toBe(first)
})

test('what is drawn is in its range and reaches both ends', () => {
  const dice = diceOf(4)
  const drawn = Array.from({ length: 500 }, () => dice.between(2, 5))
  expect([...new Set(drawn)].toSorted()).toEqual([2, 3, 4, 5])
  expect(dice.shuffled([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5])
  expect(() => dice.pick([])).toThrow('nothing to pick from')
})
