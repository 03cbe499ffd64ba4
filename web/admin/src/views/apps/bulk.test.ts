import { expect, test } from '@jest/globals'
import { appsCsvUrl } from '../../api/apps.ts'
import { affectedBy, type BulkPreview } from './bulk.ts'

test('who is affected is what the API says, and nobody else of those who were selected', () => {
  const preview: BulkPreview = {
    action: 'deprovision',
    total: 4,
    eligible: 2,
    eligible_users: [
      { user_id: 'b', email: 'bob@example.test' },
      { user_id: 'z', email: null },
    ],
    ineligible: [{ user_id: 'a', code: 'no_app', text: 'No app.' }],
    ineligible_by_code: { no_app: 2 },
    per_minute: 60,
    eta_seconds: 3,
    monthly_cost_change_usd: '0',
    held_by: null,
    burst: null,
  }
  expect(affectedBy(preview)).toEqual(['bob@example.test', 'z'])
  expect(affectedBy({ ...preview, eligible: 0, eligible_users: [] })).toEqual([])
})

test('the spreadsheet has the filters and the order that the list has', () => {
  expect(appsCsvUrl({ status: ['active', 'error'] }, '-cost')).toBe(
    '/v1/apps.csv?status=active%2Cerror&sort=-cost',
  )
})
