import { expect, test } from '@jest/globals'
import { type AppReports, appFactsOf, idleFrom } from './app-facts.ts'
import { ago } from './testing/worlds.ts'

const row = { flyMachineId: 'm1', teardownStartedAt: null, drainStartedAt: null }
const reports: AppReports = { bootstrappedAt: ago(60_000), drainedAt: null, refusedMachineId: null }
const drainedAt = ago(10_000)

test.each([
  ['nobody has heard of it', row, null, null],
  ['it works', row, reports, null],
  ['there is no row any more', null, { ...reports, drainedAt }, null],
  ['it was refused', row, { ...reports, refusedMachineId: 'm1' }, { from: null }],
  ['another machine of it was refused', row, { ...reports, refusedMachineId: 'm0' }, null],
  ['it has drained unasked', row, { ...reports, drainedAt }, { from: idleFrom(drainedAt) }],
  [
    'it did so before it knew its traders',
    row,
    { ...reports, bootstrappedAt: null, drainedAt },
    { from: idleFrom(drainedAt) },
  ],
  ['it has asked what to run since', row, { ...reports, bootstrappedAt: ago(5_000), drainedAt }, null],
  ['it was asked to drain', { ...row, drainStartedAt: ago(20_000) }, { ...reports, drainedAt }, null],
  ['it is to go', { ...row, teardownStartedAt: ago(20_000) }, { ...reports, drainedAt }, null],
] as const)('whether an app idles: %s', (_, said, heard, idle) => {
  const facts = appFactsOf(said, heard)
  if (idle === null) expect(facts.idle).toBeNull()
  else expect(facts.idle).toMatchObject(idle)
})
