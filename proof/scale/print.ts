/** The figures as tables, in words that docs/scale.md uses. */
import type { AtRest, PieceFigures } from './at-rest.ts'
import type { Life, Phase } from './life.ts'
import { type Figures, sumOf } from './meter.ts'

type Row = readonly (string | number)[]

export function lifeTables(life: Life): string {
  const { phases, users, slots, beats } = life
  return [
    `## The life of ${users.toLocaleString('en')} users, ${slots} slots in each lane, on virtual time\n`,
    table([PHASE_COLUMNS, ...phases.map(phaseRow)]),
    'what arithmetic says, and what was',
    table([
      ['', 'arithmetic', 'simulated', 'ratio'],
      ...[...phases, ...life.sweeps].flatMap(({ name, claims }) =>
        claims.map(({ what, unit, predicted, simulated }): Row => [
          `${name}: ${what}`,
          `${number(predicted)}${unit}`,
          `${number(simulated)}${unit}`,
          predicted === 0 ? '' : (simulated / predicted).toFixed(2),
        ]),
      ),
    ]),
    'requests to Fly, for each user',
    requestTable(phases),
    'each sweep once, at rest',
    table([
      ['', 'virtual s', 'requests to Fly', 'statements', 'real ms'],
      ...life.sweeps.map(({ name, figures }): Row => [
        name,
        seconds(figures.virtualMs),
        sumOf(figures.requests),
        figures.statements.get('worker') ?? 0,
        Math.round(figures.realMs),
      ]),
    ]),
    `Apps that are well beat together: ${beats.toLocaleString('en')} heartbeats came so, one statement for a tenth of the fleet.\n`,
    ...(life.wrong.length > 0
      ? ['WRONG:', ...life.wrong]
      : [
          'After each phase every user had exactly the app of their tier or none, nothing else was on Fly, 0 differences.',
        ]),
    '',
  ].join('\n')
}

const PHASE_COLUMNS: Row = [
  '',
  'virtual s',
  'median wait s',
  'longest s',
  'an upgrade meanwhile s',
  'slots busy',
  'Fly requests a user',
  '429s',
  "worker's SQL a user",
  'runs a user',
  'most waiting',
  'longest in a queue s',
  'real s',
  'own CPU s',
]

function phaseRow(phase: Phase): Row {
  const { figures, users, waits, upgradeMs } = phase
  return [
    phase.name,
    seconds(figures.virtualMs),
    seconds(waits.medianMs),
    seconds(waits.longestMs),
    upgradeMs === null ? '' : seconds(upgradeMs),
    (figures.slotMs / figures.virtualMs).toFixed(1),
    number(sumOf(figures.requests) / users),
    figures.tooMany,
    number((figures.statements.get('worker') ?? 0) / users),
    number(figures.runs / users),
    figures.mostWaiting,
    seconds(figures.longestQueuedMs),
    seconds(figures.realMs),
    seconds(figures.cpuMs),
  ]
}

function requestTable(phases: readonly Phase[]): string {
  const kinds = [...new Set(phases.flatMap(({ figures }) => [...figures.requests.keys()]))].sort()
  return table([
    ['', ...phases.map(({ name }) => name)],
    ...kinds.map((kind): Row => [
      kind,
      ...phases.map(({ figures, users }) => number((figures.requests.get(kind) ?? 0) / users)),
    ]),
  ])
}

/** What each user costs, by size: what does not stay the same is not linear. */
export function growthTable(lives: readonly Life[]): string {
  const rows = (lives[0]?.phases ?? []).flatMap(({ name }) =>
    GROWTH.map(([what, of]) => ({ name, what, of })),
  )
  return [
    '## From size to size, for each user\n',
    table([
      ['', ...lives.map(({ users }) => users.toLocaleString('en'))],
      ...rows.map(({ name, what, of }): Row => [
        `${name}: ${what}`,
        ...lives.map(({ phases }) => {
          const phase = phases.find((one) => one.name === name)
          return phase ? number(of(phase.figures) / phase.users) : ''
        }),
      ]),
    ]),
  ].join('\n')
}

const GROWTH: readonly [string, (figures: Figures) => number][] = [
  ['virtual ms', ({ virtualMs }) => virtualMs],
  ['ms of a slot', ({ slotMs }) => slotMs],
  ['requests to Fly', ({ requests }) => sumOf(requests)],
  ["worker's statements", ({ statements }) => statements.get('worker') ?? 0],
  ['runs', ({ runs }) => runs],
  ['real ms', ({ realMs }) => realMs],
]

export function restTables({ users, databaseMb, pieces, leftOut }: AtRest): string {
  return [
    `## ${users.toLocaleString('en')} users at rest, ${Math.round(databaseMb).toLocaleString('en')} MB of database\n`,
    table([
      ['', 'every', 'ms in PostgreSQL', 'of its interval', 'rows read', 'statements', 'requests to Fly'],
      ...pieces.map(pieceRow),
    ]),
    ...leftOut.map((name) => `${name}: left out, the stand-in has no room for so many apps.`),
    '',
  ].join('\n')
}

function pieceRow(piece: PieceFigures): Row {
  const { name, everyMs, sqlMs, rowsRead, statements, requests, isMuch, isCutOff } = piece
  const share =
    everyMs === null
      ? ''
      : `${((sqlMs / everyMs) * 100).toFixed(1)} %${isMuch ? ' MUCH' : ''}${isCutOff ? ', cut off' : ''}`
  const every = everyMs === null ? 'when asked' : `${everyMs / 1000} s`
  return [name, every, number(sqlMs), share, rowsRead.toLocaleString('en'), statements, requests]
}

const seconds = (ms: number) => number(ms / 1000)

const number = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1))

/** In Markdown. */
function table(rows: readonly Row[]): string {
  const texts = rows.map((row) => row.map(String))
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  )
  const lines = texts.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1), ''].join('\n')
}
