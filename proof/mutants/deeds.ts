/** What may be done on Fly, and on what evidence: guard, names, ownership, plan, brakes, orphans, restore. */
import type { Mutant } from './mutants.ts'

const STEPS = 'services/worker/src/reconcile/steps'
const GUARD_TEST = 'services/worker/src/reconcile/guard.test.ts'
const ENGINE_TEST = 'services/worker/src/reconcile/engine.test.ts'
const FAULTS_TEST = 'services/worker/src/reconcile/faults.test.ts'
const HALF_TRUTHS_TEST = 'services/worker/src/reconcile/half-truths.test.ts'
const ORPHANS_TEST = 'services/worker/src/orphans/orphans.test.ts'
const PLAN_TEST = 'packages/core/src/plan.test.ts'

export const DEED_MUTANTS: readonly Mutant[] = [
  {
    name: 'guard: the entitlement is not read again before a step',
    file: 'services/worker/src/reconcile/attempt.ts',
    find: "  return same && unchanged && !isLate ? 'go' : 'replan'",
    replace: "  return same || unchanged || !isLate ? 'go' : 'replan'",
    test: {
      file: GUARD_TEST,
      name: 'a tier that comes back before the teardown',
    },
  },
  {
    name: 'guard: the entitlement is not read again before the next call to Fly',
    file: 'services/worker/src/reconcile/run.ts',
    find: "    if (needsGuard(step) && (await guard(attempt)) === 'replan') return null\n",
    replace: '    if (needsGuard(step)) await guard(attempt)\n',
    test: { file: GUARD_TEST, name: 'a tier that ends between two steps' },
  },
  {
    name: 'guard: a call that Fly has not taken is repeated without it',
    file: 'services/worker/src/reconcile/attempt.ts',
    find: '    beforeRepeat: () => mayGoOn(attempt),\n',
    replace: '',
    test: { file: GUARD_TEST, name: 'what Fly does not show yet is not asked for again' },
  },
  {
    name: 'guard: no step asks it',
    file: `${STEPS}/index.ts`,
    find: '  return !ROW_ONLY.has(step.kind)\n',
    replace: '  return ROW_ONLY.size === 0\n',
    test: { file: GUARD_TEST, name: 'a tier that ends between two steps' },
  },
  {
    name: 'names: the generation is dropped',
    file: 'packages/core/src/names.ts',
    find: 'parts.userId, parts.generation, parts.candidate]',
    replace: 'parts.userId, parts.candidate]',
    // In the engine the unique index would still give it another candidate's name: two locks on one door.
    test: { file: 'packages/core/src/names-prices.test.ts', name: 'another generation has another name' },
  },
  {
    name: 'entitlement: a row that vanished unseen counts as the end',
    file: 'packages/core/src/entitlement.ts',
    find: "      return { kind: 'unknown', reason: 'the subscription row is gone, and nobody saw it deleted' }",
    replace: "      return { kind: 'not_entitled', reason: 'the subscription row is gone' }",
    test: { file: ENGINE_TEST, name: 'a subscription row that is gone without anybody seeing it deleted' },
  },
  {
    name: 'absence: one 404 is believed',
    file: 'services/worker/src/reconcile/look.ts',
    find: "  return apps.some((app) => app.name === row.flyAppName) ? 'unreachable' : 'absent'",
    replace: "  return apps.some((app) => app.name === '') ? 'unreachable' : 'absent'",
    test: { file: HALF_TRUTHS_TEST, name: 'is not believed gone while the list of apps still has it' },
  },
  {
    name: 'ownership: any app of the name is ours',
    file: 'services/worker/src/reconcile/look.ts',
    find: "  if (app.orgSlug !== attempt.deps.settings.orgSlug) return 'stranger'",
    replace: "  if (app.orgSlug !== '') return 'ours'",
    test: { file: FAULTS_TEST, name: "a name that is a stranger's app is given up" },
  },
  {
    name: 'ownership: a machine without our mark is adopted',
    file: 'packages/core/src/names.ts',
    find: '.every(([key, value]) => metadata?.[key] === value)',
    replace: ".every(([key, value]) => metadata?.[key] === value || key !== '')",
    test: { file: HALF_TRUTHS_TEST, name: "somebody's machine in the place of ours is not adopted" },
  },
  {
    name: 'plan: a doomed generation is revived',
    file: 'packages/core/src/plan.ts',
    find: '  if (row.teardownStartedAt) return',
    replace: "  if (row.teardownStartedAt && entitlement.kind !== 'entitled') return",
    test: { file: PLAN_TEST, name: 'a generation whose teardown began is never brought up again' },
  },
  {
    name: 'plan: an app is stopped without a drain',
    file: 'packages/core/src/plan.ts',
    find: '  if (!running || !world.app.bootstrapped) return null',
    replace: '  if (!running || world.app.bootstrapped) return null',
    test: { file: PLAN_TEST, name: 'stopped, resized or deleted only after its drain ended' },
  },
  {
    name: 'plan: an unseen Fly counts as an empty one',
    file: 'packages/core/src/plan.ts',
    find: "  if (world.fly.kind === 'unreachable') return UNSEEN\n  return row.deployed",
    replace: '  return row.deployed',
    test: { file: PLAN_TEST, name: 'Fly does not answer' },
  },
  {
    name: 'brakes: they hold nothing',
    file: 'packages/core/src/brakes.ts',
    find: '  return engaged.find(holds) ?? null',
    replace: '  return engaged.length > BRAKE_NAMES.length ? (engaged.find(holds) ?? null) : null',
    test: { file: PLAN_TEST, name: 'what a brake holds is neither begun nor continued' },
  },
  {
    name: 'brakes: a burst is not counted',
    file: 'packages/db/src/bursts.ts',
    find: '  if (begun < allowed || ignored) return',
    replace: '  if (begun < allowed || begun >= allowed) return',
    test: { file: 'packages/db/src/bursts.test.ts', name: 'of 30 at once exactly 20 begin' },
  },
  {
    name: 'brakes: the end of an outage leaves its failures waiting',
    file: 'packages/db/src/brakes.ts',
    find: "    if (name === 'fly_unreachable') await retryAfterOutage(tx)\n",
    replace: '',
    test: {
      file: 'services/worker/src/sweeps/guards.test.ts',
      name: 'many users fail: the first failed probe engages',
    },
  },
  {
    name: "orphans: another installation's mark does not count",
    file: 'packages/core/src/orphans.ts',
    find: "  if (marks.some((mark) => mark !== undefined && mark !== installationId)) return { kind: 'foreign' }\n",
    replace: '',
    test: { file: 'packages/core/src/orphans.test.ts', name: "ours and another installation's" },
  },
  {
    name: 'orphans: no grace',
    file: 'packages/db/src/orphans.ts',
    find: ' and first_seen_at <= hangar.now() - ${intervalMs(graceMs)}))',
    replace: ' and first_seen_at <= hangar.now() + ${intervalMs(graceMs)}))',
    test: { file: ORPHANS_TEST, name: 'after the grace and two whole scans, and not before' },
  },
  {
    name: 'orphans: a partial scan deletes',
    file: 'services/worker/src/sweeps/orphans.ts',
    find: 'scan.complete ? await deleteDue(deps, signal) : { deleted: 0, kept: 0 }',
    replace: 'scan ? await deleteDue(deps, signal) : { deleted: 0, kept: 0 }',
    test: { file: ORPHANS_TEST, name: 'a region is missing: nothing is deleted' },
  },
  {
    name: 'restore: a database that went back in time is believed',
    file: 'services/scheduler/src/history.ts',
    find: '  if (mark === null || last >= mark) {',
    replace: '  if (mark === null || last >= 0) {',
    test: { file: 'services/scheduler/src/history.test.ts', name: 'that lost events engages the brake' },
  },
  {
    name: 'restore: names are given out before Fly is looked through',
    file: 'packages/core/src/plan.ts',
    find: '  if (!row && world.namesInDoubt) return NAMES_IN_DOUBT\n',
    replace: '',
    test: { file: PLAN_TEST, name: 'a restored database may not know what is on Fly' },
  },
  {
    name: 'brakes: a teardown that was planned before begins all the same',
    file: 'packages/db/src/bursts.ts',
    find: "  if (holdingBrake(engaged, 'teardown', entitlement) !== null) return { kind: 'held', engagedNow: false }\n",
    replace: '',
    test: { file: 'packages/db/src/bursts.test.ts', name: 'planned before a brake engaged' },
  },
  {
    name: 'machine: one on its way out is adopted',
    file: `${STEPS}/machine.ts`,
    find: 'if (machine === null || isGone(machine)) return null',
    replace: 'if (machine === null) return null',
    test: {
      file: 'services/worker/src/reconcile/dying-machine.test.ts',
      name: 'the next machine waits for the name',
    },
  },
  {
    name: 'look: a 404 of an app is believed although its machines could be listed',
    file: 'services/worker/src/reconcile/look.ts',
    find: 'if (isExpected && !isListed)',
    replace: 'if (isExpected)',
    test: { file: HALF_TRUTHS_TEST, name: 'while its machines can still be listed' },
  },
  {
    name: 'absence: what Fly was asked to delete is gone, even if it refused',
    file: 'services/worker/src/reconcile/look.ts',
    find: "(isAsked && (await hasHad(looking, 'deprovision_app_delete_accepted')))",
    replace: 'isAsked',
    test: { file: HALF_TRUTHS_TEST, name: 'where Fly refused to end it' },
  },
  {
    name: 'deletion: "not found" counts as taken on',
    file: 'services/worker/src/reconcile/steps/teardown.ts',
    find: "const isTakenOn = deleted === 'accepted'",
    replace: "const isTakenOn = deleted !== 'accepted' || true",
    test: { file: HALF_TRUTHS_TEST, name: 'nor because its deletion was answered so' },
  },
]
