/** docs/app-lifecycle.md, asked of plan() itself: every situation of an app, and what is done about it. */
import {
  DEFAULT_POLICY,
  type Entitlement,
  type FlyFacts,
  type Guest,
  type Plan,
  type RowFacts,
  type Step,
  type World,
  plan,
} from '../../packages/core/src/index.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const ago = (ms: number) => new Date(NOW.getTime() - ms)
const GRACE_MS = 30_000

const guestOf = (tier: string): Guest => DEFAULT_POLICY.guests[tier] as Guest
const entitledTo = (tier: string): Entitlement => ({
  kind: 'entitled',
  tier,
  guest: guestOf(tier),
  region: null,
  reason: '',
})
const ENTITLEMENTS: Record<string, Entitlement> = {
  entitled: entitledTo('pro'),
  'entitled, another size': entitledTo('elite'),
  'not entitled': { kind: 'not_entitled', reason: '' },
  unknown: { kind: 'unknown', reason: '' },
}

const machine = (state: string) => ({ id: 'm1', state, instanceId: 'v1', guest: guestOf('pro'), owned: true })
const ours = (...states: string[]): FlyFacts => ({ kind: 'ours', machines: states.map(machine) })
const FLY: Record<string, FlyFacts> = {
  'not to be seen': { kind: 'unreachable' },
  'no app': { kind: 'absent' },
  "a stranger's app": { kind: 'stranger' },
  'an app, no machine': ours(),
  'a machine starting': ours('starting'),
  'a machine started': ours('started'),
  'a machine stopped': ours('stopped'),
  'a machine failed': ours('failed'),
}

const reserved: RowFacts = {
  status: 'provisioning',
  operation: null,
  machineId: 'm1',
  instanceId: 'v1',
  guest: guestOf('pro'),
  deployed: false,
  teardownStartedAt: null,
  drainStartedAt: null,
  drainTold: true,
  changedAt: NOW,
}
const active: RowFacts = { ...reserved, status: 'active', deployed: true }
const ending: RowFacts = { ...active, status: 'deprovisioning', teardownStartedAt: ago(60_000) }

/** Where a row can be; `status` alone does not say it all. */
const PHASES: Record<string, RowFacts | null> = {
  none: null,
  provisioning: reserved,
  active,
  resizing: { ...active, operation: 'resize' },
  repairing: { ...active, operation: 'repair' },
  deprovisioning: ending,
  'deprovisioning, drained': { ...ending, drainStartedAt: ago(GRACE_MS) },
}

/** The steps that move a row to another phase. */
const LEADS_TO: Partial<Record<Step['kind'], string>> = {
  reserve: 'provisioning',
  activate: 'active',
  begin_resize: 'resizing',
  begin_repair: 'repairing',
  confirm: 'active',
  begin_teardown: 'deprovisioning',
  ask_to_drain: 'draining',
  close: 'deleted',
}

export function lifecyclePage(): string {
  const sections = Object.entries(PHASES).map(([phase, row]) => `## ${heading(phase)}\n\n${table(row)}`)
  return `${HEAD}\n${diagram()}\n\n${sections.join('\n\n')}\n`
}

const HEAD = `# The life of an app

Generated from \`packages/core/src/plan.ts\` by \`npm run generate\`: each cell is what \`plan()\` answers. A row is read as
"given what the user should have (column) and what Fly shows (line), do this"; a step that is not the last is
followed by a new look. The app in these tables was running a user's traders, so it is drained before it is stopped.
`

function diagram(): string {
  const edges = new Set<string>()
  for (const [phase, row] of Object.entries(PHASES)) {
    const from = phase.split(',')[0] as string
    for (const entitlement of Object.values(ENTITLEMENTS))
      for (const fly of Object.values(FLY))
        for (const step of stepsOf(answer(row, entitlement, fly))) {
          const to = LEADS_TO[step.kind]
          if (to !== undefined && to !== 'draining')
            edges.add(`  ${name(from)} --> ${name(to)}: ${step.kind}`)
        }
  }
  return ['```mermaid', 'stateDiagram-v2', ...[...edges].sort(), '```'].join('\n')
}

const name = (phase: string) => (phase === 'none' ? '[*]' : phase)
const heading = (phase: string) =>
  phase === 'none' ? 'No row' : `${phase[0]?.toUpperCase() ?? ''}${phase.slice(1)}`

function table(row: RowFacts | null): string {
  const columns = Object.keys(ENTITLEMENTS)
  const lines = Object.entries(row ? FLY : { 'nothing to look at': { kind: 'absent' } as FlyFacts }).map(
    ([what, fly]) =>
      `| ${what} | ${Object.values(ENTITLEMENTS)
        .map((one) => brief(answer(row, one, fly)))
        .join(' | ')} |`,
  )
  return [
    `| Fly shows | ${columns.join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...lines,
  ].join('\n')
}

function answer(row: RowFacts | null, entitlement: Entitlement, fly: FlyFacts): Plan {
  const world: World = {
    now: NOW,
    entitlement,
    row,
    fly,
    app: { bootstrapped: true, drainedAt: null, idle: null },
    brakes: [],
    forced: null,
    namesInDoubt: false,
    drainGraceMs: GRACE_MS,
    settleDeadlineMs: 180_000,
  }
  return plan(world)
}

const stepsOf = (result: Plan): Step[] => (result.kind === 'steps' ? result.steps : [])

function brief(result: Plan): string {
  if (result.kind === 'settled') return 'nothing'
  if (result.kind === 'wait') return `look again in ${result.delayMs / 1000} s`
  return result.steps.map((step) => step.kind).join(', ')
}
