import { NOT_MODELLED } from '../../api/not-modelled.ts'
import { FAULT_KINDS, type FaultKind } from '../../faults/kinds.ts'
import { DELAY_NAMES, DELAYS, type Delay } from '../../settings.ts'
import { CORRECTIONS } from '../openapi.ts'
import { GRADES, type Grade, type Row } from './row.ts'
import { APP_ROWS } from './rows-apps.ts'
import { INSIDE_ROWS } from './rows-inside.ts'
import { MACHINE_ROWS } from './rows-machines.ts'
import { READ_ROWS } from './rows-reads.ts'
import { NOT_MODELLED_BEHAVIOUR, UNKNOWN } from './unknown.ts'

export const ROWS: readonly Row[] = [...APP_ROWS, ...MACHINE_ROWS, ...READ_ROWS, ...INSIDE_ROWS]

/** docs/fidelity.md, whole. */
export function renderFidelity(): string {
  return [
    intro(),
    section('Apps, tokens, limits, secrets', rowTable(APP_ROWS)),
    section('Machines', rowTable(MACHINE_ROWS)),
    section('Waits, leases, organisation-wide lists', rowTable(READ_ROWS)),
    section('Inside a machine, and other clients', rowTable(INSIDE_ROWS)),
    section(
      "Where Fly's OpenAPI file is corrected",
      `Every answer in the tests is held against the file, made stricter (no unknown fields). These corrections are applied first.\n\n${table(
        ['correction', 'source'],
        CORRECTIONS.map(({ what, source }) => [what, source]),
      )}`,
    ),
    section(
      'Unknown',
      `Nothing was found that settles these.\n\n${table(['what is not known', 'what the stand-in does'], UNKNOWN)}`,
    ),
    section(
      'Not modelled',
      `${NOT_MODELLED_BEHAVIOUR.map((text) => `- ${text}.`).join('\n')}\n\nThese calls answer 501 and say so:\n\n${NOT_MODELLED.map(([method, path]) => `- \`${method} ${path}\``).join('\n')}`,
    ),
    section(
      'Faults',
      `Ordered with \`POST /_sim/faults {"kind": …, "match": {"operation", "app", "machine", "org", "method", "region"}, "probability", "count", "skip", "seed", "params"}\`; \`*\` in a match stands for any text.\n\n${faultTable()}`,
    ),
    section(
      'Delays',
      `Set with \`POST /_sim/delays\`, in milliseconds; a range is drawn from for each use. The preset \`none\` makes all of them zero.\n\n${delayTable()}`,
    ),
  ].join('\n')
}

function intro(): string {
  const counts = (Object.keys(GRADES) as Grade[]).map(
    (grade) => `| ${grade} | ${GRADES[grade]} | ${ROWS.filter((row) => row.grade === grade).length} |`,
  )
  return `# How true the stand-in is to Fly

<!-- Generated from packages/fly-sim/src/testing/fidelity by \`npm run generate\`. Do not edit. -->

\`packages/fly-sim\` stands in for the Machines API wherever Fly itself cannot be asked. **Nothing below has been checked
against the live API by this project**: the grade says who did, if anyone. To check it yourself, run
\`npm run test:contract -- --target fly\` with \`FLY_API_TOKEN\` and \`FLY_ORG_SLUG\` of a scratch organisation.

| grade | meaning | rows |
| --- | --- | --- |
${counts.join('\n')}
`
}

const section = (title: string, body: string) => `## ${title}\n\n${body}\n`

function rowTable(rows: readonly Row[]): string {
  return table(
    ['behaviour', 'source', 'grade', 'held by'],
    rows.map(({ behaviour, source, grade, test: [file, title] }) => [
      behaviour,
      source,
      grade,
      `${file}: ${title}`,
    ]),
  )
}

function faultTable(): string {
  const rows = (Object.keys(FAULT_KINDS) as FaultKind[]).map((kind) => {
    const fault = FAULT_KINDS[kind]
    const params =
      'params' in fault ? Object.entries(fault.params).map(([name, what]) => `\`${name}\`: ${what}`) : []
    return [`\`${kind}\``, fault.stage, fault.what, params.join('; ')]
  })
  return table(['kind', 'strikes', 'what happens', 'params'], rows)
}

const shown = (delay: Delay) => (typeof delay === 'number' ? String(delay) : `${delay[0]} to ${delay[1]}`)

function delayTable(): string {
  const rows = DELAY_NAMES.map((name) => [
    `\`${name}\``,
    shown(DELAYS[name].brisk),
    shown(DELAYS[name].realistic),
    DELAYS[name].what,
  ])
  return table(['delay', 'brisk', 'realistic', 'what it is'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
