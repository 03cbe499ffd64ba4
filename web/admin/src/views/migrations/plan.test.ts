import { expect, test } from '@jest/globals'
import { readPlan, USUAL } from './plan.ts'

const ID = '0198c6a2-0000-7000-8000-000000000001'

test('what is typed is what is asked for', () => {
  const usual = { wave_size: 50, wave_pause_seconds: 60, stop_on_failure_share: 0.1, per_minute: 60 }
  expect(readPlan(USUAL)).toEqual({ plan: { all: true, ...usual } })
  expect(readPlan({ ...USUAL, whom: 'tier', tier: ' pro ' })).toEqual({ plan: { tier: 'pro', ...usual } })
  const some = readPlan({ ...USUAL, whom: 'some', userIds: `${ID},\n${ID} `, percent: '100', waveSize: '1' })
  expect(some).toEqual({
    plan: { user_ids: [ID, ID], ...usual, stop_on_failure_share: 1, wave_size: 1 },
  })
})

test('every problem is told at once, at its field', () => {
  const typed = { ...USUAL, waveSize: '0', pauseSeconds: '', percent: '101', perMinute: '1.5' }
  expect(readPlan({ ...typed, whom: 'some', userIds: `${ID} me` })).toEqual({
    problems: {
      userIds: "me is no user's id.",
      waveSize: 'A whole number from 1 to 10000.',
      pauseSeconds: 'A whole number from 0 to 604800.',
      percent: 'A whole number from 0 to 100.',
      perMinute: 'A whole number from 1 to 6000.',
    },
  })
  expect(readPlan({ ...USUAL, whom: 'tier' })).toEqual({ problems: { tier: 'Which tier?' } })
})
