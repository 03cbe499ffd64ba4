/** What `pnpm audit --json` answers, judged: which findings stop a release, or why there is no answer. */

const STOPPING = ['high', 'critical']

type Advisory = {
  module_name: string
  severity: string
  title: string
  vulnerable_versions: string
  patched_versions?: string
  url?: string
}

type Report = { advisories?: Record<string, Advisory>; error?: { message?: string; code?: string } }

export type Verdict =
  { kind: 'judged'; stopping: string[]; lesser: number } | { kind: 'no_answer'; why: string }

/** `output`: what the program printed, which is no JSON where it did not get as far. */
export function judgeAudit(output: string): Verdict {
  let found: Report
  try {
    found = JSON.parse(output) as Report
  } catch {
    const [line = ''] = output.trim().split('\n').slice(-1)
    return { kind: 'no_answer', why: line === '' ? 'pnpm audit printed nothing' : line }
  }
  if (found.advisories === undefined)
    return { kind: 'no_answer', why: found.error?.message ?? found.error?.code ?? 'it does not say why' }
  const all = Object.values(found.advisories)
  const stopping = all.filter(({ severity }) => STOPPING.includes(severity)).map(tell)
  return { kind: 'judged', stopping, lesser: all.length - stopping.length }
}

function tell(one: Advisory): string {
  const cure = one.patched_versions === undefined ? '' : `, cured in ${one.patched_versions}`
  const where = one.url === undefined ? '' : ` (${one.url})`
  return `${one.severity}: ${one.module_name} ${one.vulnerable_versions}: ${one.title}${cure}${where}`
}
