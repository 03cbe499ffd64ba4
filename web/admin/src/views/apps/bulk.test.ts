import { describe, expect, test } from '@jest/globals'
import { affectedBy, namedTarget, type BulkPreview, type BulkTarget } from './bulk.ts'

const preview = (said: Partial<BulkPreview>): BulkPreview => ({
  action: 'deprovision',
  total: 3,
  eligible: 3,
  eligible_users: [],
  ineligible: [],
  ineligible_by_code: {},
  per_minute: 60,
  eta_seconds: 3,
  monthly_cost_change_usd: '0',
  held_by: null,
  burst: null,
  ...said,
})
const leftOut = (...ids: string[]) => ids.map((user_id) => ({ user_id, code: 'no_app', text: 'No app.' }))
const rows = [
  { user_id: 'a', email: 'ann@example.test' },
  { user_id: 'b', email: 'bob@example.test' },
  { user_id: 'c', email: null },
]

describe('who is affected', () => {
  test('selected in another order than the rows stand in, each keeps their own name', () => {
    const target = namedTarget(rows, new Set(['c', 'b', 'a']), 10)
    expect(target.people.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
    const answer = preview({ eligible: 2, ineligible: leftOut('c') })
    expect(affectedBy(target, answer)).toEqual(['bob@example.test', 'ann@example.test'])
  })

  test('whoever has no row on show is listed by their id', () => {
    const target = namedTarget(rows, new Set(['z', 'a']), 10)
    expect(affectedBy(target, preview({ total: 2, eligible: 2 }))).toEqual(['z', 'ann@example.test'])
  })

  test('where more are left out than the answer lists, nobody is listed rather than the wrong ones', () => {
    const target = namedTarget(rows, new Set(['a', 'b', 'c']), 10)
    expect(affectedBy(target, preview({ eligible: 1, ineligible: leftOut('c') }))).toEqual([])
  })

  test("the API's own list comes before anything known here, and is there for all that match", () => {
    const eligible_users = [
      { user_id: 'x', email: 'xenia@example.test' },
      { user_id: 'y', email: null },
    ]
    const answer = { ...preview({ total: 500, eligible: 400 }), eligible_users }
    const all: BulkTarget = { filter: { status: ['active'] } }
    expect(affectedBy(all, answer)).toEqual(['xenia@example.test', 'y'])
    expect(affectedBy(namedTarget(rows, new Set(['a']), 10), answer)).toEqual(['xenia@example.test', 'y'])
    expect(affectedBy(all, preview({}))).toEqual([])
  })
})
