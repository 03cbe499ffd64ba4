import { rounded, type BenchResult } from '../lib/report.ts'
import { SIDES, type Side } from './sides.ts'

/** Medians of the rounds; memory is the most of any round. */
type SideResult = { requests: number; cpuMs: number; wallMs: number; rssMb: number }

/** `liveMb`: the most that our sweep held at once, without garbage. `keptMb`: what it still held at its end. */
export type SizeResult = { apps: number; liveMb: number; keptMb: number } & Record<Side, SideResult>

const AIMED_RATIO = 1
const AIMED_AT_APPS = 10_000
const AIMED_REQUESTS = 12
const AIMED_CPU_MS = 1_000
/** How much dearer one app may be in the largest fleet, for the CPU time to count as linear. */
const LINEAR_WITHIN = 1.25
/** Live memory for each further 10,000 apps that still counts as constant. */
const CONSTANT_WITHIN_MB = 1

/** The aims stand at 10,000 apps; a quick run judges its largest fleet by them. */
export function resultOf(sizes: readonly SizeResult[]): BenchResult {
  const largest = sizes.at(-1) as SizeResult
  const aimed = sizes.find(({ apps }) => apps === AIMED_AT_APPS) ?? largest
  const smaller = sizes.at(-2) as SizeResult
  const ratioOf = (of: (side: SideResult) => number) => of(aimed.naive) / of(aimed.hangar)
  const cpuRatio = ratioOf(({ cpuMs }) => cpuMs)
  const cpuLinearity = perApp(largest) / perApp(smaller)
  const wallLinearity = largest.hangar.wallMs / largest.apps / (smaller.hangar.wallMs / smaller.apps)
  const liveMbPer10k = ((largest.liveMb - smaller.liveMb) / (largest.apps - smaller.apps)) * 10_000
  const { requests, cpuMs, wallMs } = aimed.hangar
  return {
    name: 'health-sweep',
    ratio: cpuRatio,
    aimedRatio: AIMED_RATIO,
    numbers: {
      apps: aimed.apps,
      requests,
      cpuMs: Math.round(cpuMs),
      wallMs: Math.round(wallMs),
      wallRatio: rounded(ratioOf((side) => side.wallMs)),
      largestFleet: largest.apps,
      cpuLinearity: rounded(cpuLinearity),
      wallLinearity: rounded(wallLinearity),
      liveMbPer10k: Math.max(0, rounded(liveMbPer10k)),
    },
    rows: sizes.flatMap((size) => SIDES.map((side) => rowOf(size, side))),
    aims: [
      {
        what: `${requests} requests to Fly at ${aimed.apps} apps, aimed at ${AIMED_REQUESTS} at most`,
        met: requests <= AIMED_REQUESTS,
      },
      {
        what: `${Math.round(cpuMs)} ms of our own CPU at ${aimed.apps} apps, aimed at under ${AIMED_CPU_MS}`,
        met: cpuMs < AIMED_CPU_MS,
      },
      {
        what: `one app costs ${rounded(cpuLinearity)} times the CPU at ${largest.apps} apps that it costs at ${smaller.apps}, aimed at ${LINEAR_WITHIN} at most (wall: ${rounded(wallLinearity)})`,
        met: cpuLinearity <= LINEAR_WITHIN,
      },
      {
        what: `${rounded(liveMbPer10k)} MB more held for each 10,000 apps more, aimed at ${CONSTANT_WITHIN_MB} at most`,
        met: liveMbPer10k <= CONSTANT_WITHIN_MB,
      },
    ],
  }
}

const perApp = ({ apps, hangar }: SizeResult) => hangar.cpuMs / apps

function rowOf(size: SizeResult, side: Side): Record<string, string | number> {
  const { requests, cpuMs, wallMs, rssMb } = size[side]
  const ours = side === 'hangar'
  return {
    apps: size.apps,
    side,
    'Fly requests': requests,
    'CPU ms': Math.round(cpuMs),
    'wall ms': Math.round(wallMs),
    'times less CPU': ours ? rounded(size.naive.cpuMs / cpuMs, 1) : 1,
    'times faster': ours ? rounded(size.naive.wallMs / wallMs, 1) : 1,
    'RSS growth MB': rounded(rssMb, 1),
    'live MB': ours ? rounded(size.liveMb, 1) : '',
    'kept MB': ours ? rounded(size.keptMb, 1) : '',
  }
}
