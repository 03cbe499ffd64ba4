/** Whose turn it is and what is counted: lease, versions, retries, relay, queue, sweeps, cost, and the ways in. */
import type { Mutant } from './mutants.ts'

const FAULTS_TEST = 'services/worker/src/reconcile/faults.test.ts'

export const WORK_MUTANTS: readonly Mutant[] = [
  {
    name: 'lease: a step writes without its fence',
    file: 'packages/db/src/step.ts',
    find: "        .where((eb) => eb.exists(eb.selectFrom('fence').select('fence.userId')))\n",
    replace: '',
    test: { file: 'packages/db/src/step.test.ts', name: 'a lease that is claimed by another writes nothing' },
  },
  {
    name: 'lease: a transaction does not look at its fence',
    file: 'packages/db/src/work.ts',
    find: '  if (rows.length === 0) throw leaseLost(lease)\n}\n\n/**',
    replace: '  if (rows.length > 1) throw leaseLost(lease)\n}\n\n/**',
    test: { file: 'packages/db/src/work.test.ts', name: 'refuses an older fence, and writes nothing' },
  },
  {
    name: 'lease: a transaction may end after its lease',
    file: 'packages/db/src/work.ts',
    find: '    await assertHeld(tx, lease, sql`(${holds(lease)} or ${wasGivenBack(lease)})`)\n    return result',
    replace: '    return result',
    test: {
      file: 'packages/db/src/work.test.ts',
      name: 'lets nobody claim before its end, and writes nothing if the lease runs out before that',
    },
  },
  {
    name: 'lease: a valid one can be claimed',
    file: 'packages/db/src/work.ts',
    find: '      where work.lease_expires_at is null or work.lease_expires_at <= hangar.now()\n',
    replace: '',
    test: { file: 'packages/db/src/work.test.ts', name: 'of 20 claims at once one wins' },
  },
  {
    name: 'lease: a claim does not raise the fence',
    file: 'packages/db/src/work.ts',
    find: '        fence = work.fence + 1,\n',
    replace: '',
    test: { file: 'packages/db/src/work.test.ts', name: 'of 20 claims at once one wins' },
  },
  {
    name: 'lease: one that has run out is still believed',
    file: 'packages/db/src/work.ts',
    find: ' and fence = ${fence} and lease_expires_at > hangar.now()`',
    replace: ' and fence = ${fence}`',
    test: { file: 'packages/db/src/work.test.ts', name: 'refuses a lease that has run out' },
  },
  {
    name: 'health: a partial list is taken for the whole',
    file: 'services/worker/src/sweeps/health.ts',
    find: "    if (!complete) return verdict('unknown'",
    replace: "    if (!complete && subject.lastHeartbeatAt === undefined) return verdict('unknown'",
    test: {
      file: 'services/worker/src/sweeps/sweeps.test.ts',
      name: 'a listing with a region missing acts on nothing',
    },
  },
  {
    name: 'retries: an error that no repetition cures is repeated',
    file: 'services/worker/src/reconcile/failure.ts',
    find: '  if (error instanceof FlyError) return PERMANENT_FLY.has(error.code)',
    replace: "  if (error instanceof FlyError) return PERMANENT_FLY.has('')",
    test: { file: FAULTS_TEST, name: 'an error that no repetition cures is not repeated' },
  },
  {
    name: 'versions: what was wanted meanwhile is taken for done',
    file: 'packages/db/src/work.ts',
    find: 'done_version = greatest(done_version, ${result.doneVersion}), failed_attempts = 0,',
    replace: 'done_version = greatest(done_version, ${result.doneVersion}) + 1, failed_attempts = 0,',
    test: { file: 'packages/db/src/work.test.ts', name: 'done: free again; a want raised meanwhile is told' },
  },
  {
    name: 'relay: something newer does not end a pause',
    file: 'packages/db/src/wants.ts',
    find: '      or want.wanted_version > work.planned_version))`',
    replace: '      or want.wanted_version < work.planned_version))`',
    test: {
      file: 'packages/db/src/wants.test.ts',
      name: 'not before its time, unless something newer is wanted',
    },
  },
  {
    name: 'queue: a wake during a run is swallowed',
    file: 'packages/jobs/src/wake.ts',
    find: 'deduplication: { id, keepLastIfActive: true }',
    replace: 'deduplication: { id, keepLastIfActive: false }',
    test: { file: 'packages/jobs/src/wake.test.ts', name: 'during a run leads to exactly one more run' },
  },
  {
    name: 'queue: a parked job is not woken',
    file: 'packages/jobs/src/wake.ts',
    find: "  if (!isParked(existing) && !evenIfBackingOff) return 'coalesced'",
    replace: "  if (isParked(existing) && !evenIfBackingOff) return 'coalesced'",
    test: { file: 'packages/jobs/src/wake.test.ts', name: 'ends the pause of a parked job' },
  },
  {
    name: 'sweep: users who were never enrolled are provisioned',
    file: 'packages/db/src/sweep.ts',
    find: 'where want.enrolled_at is not null and',
    replace: 'where',
    test: {
      file: 'packages/db/src/wants.test.ts',
      name: 'users who are not enrolled, or have work to do already, are left out',
    },
  },
  {
    name: 'cost: an open interval is ended and begun again',
    file: 'packages/db/src/cost.ts',
    find: 'const unlessSame = next === null ? sql`` : sql`and not ${isSame(next)}`',
    replace: 'const unlessSame = sql``',
    test: { file: 'packages/db/src/step.test.ts', name: 'an interval that is open goes on' },
  },
  {
    name: 'shim: a replaced machine is served',
    file: 'services/api/src/routes/shim/app-caller.ts',
    find: "  if (app.flyMachineId !== machineId) throw new HangarError('machine_not_current')\n",
    replace: '',
    test: {
      file: 'services/api/src/routes/shim/who-may-write.test.ts',
      name: '410 for a machine that was replaced',
    },
  },
  {
    name: 'webhook: any signature is good',
    file: 'services/api/src/webhooks/supabase/verify.ts',
    find: '  if (!signed) throw',
    replace: '  if (!signed && id === undefined) throw',
    test: {
      file: 'services/api/src/webhooks/supabase/verify.test.ts',
      name: 'id and timestamp are part of what is signed',
    },
  },
]
