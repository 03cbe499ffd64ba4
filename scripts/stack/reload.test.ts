import { expect, test } from '@jest/globals'
import { effectOf } from './reload.ts'

const all = ['api', 'worker', 'scheduler']

test.each([
  ['services/api/src/app.ts', { kind: 'restart', services: ['api'] }],
  ['services/worker/src/reconcile/job.ts', { kind: 'restart', services: ['worker'] }],
  ['packages/core/src/plan.ts', { kind: 'restart', services: all }],
  ['packages/db/src/wants.ts', { kind: 'restart', services: all }],
  ['packages/fly-client/src/client.ts', { kind: 'restart', services: ['worker'] }],
  ['packages/fly-sim/src/sim.ts', { kind: 'by_hand', what: 'fly-sim' }],
  ['db/migrations/0009_more.sql', { kind: 'migrate' }],
  ['web/admin/src/main.tsx', { kind: 'build' }],
  ['web/admin/src/styles/base.css', { kind: 'build' }],
  ['web/admin/src/lib/format.test.ts', { kind: 'none' }],
  ['services/api/src/app.test.ts', { kind: 'none' }],
  ['services/api/src/testing/harness.ts', { kind: 'none' }],
  ['services/api/src/.app.ts.swp', { kind: 'none' }],
  ['packages/testkit/src/clock.ts', { kind: 'none' }],
])('%s', (path, effect) => {
  expect(effectOf(path)).toEqual(effect)
})
