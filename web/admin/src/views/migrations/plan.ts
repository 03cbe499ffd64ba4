/** What is asked for before a migration: whom, and how carefully. Read from what was typed, or refused with a word. */

export type MigrationPlan = {
  all?: true
  tier?: string
  user_ids?: string[]
  wave_size: number
  wave_pause_seconds: number
  stop_on_failure_share: number
  per_minute: number
}

/** As it stands in the fields. `percent` of failures. */
export type Typed = {
  whom: 'all' | 'tier' | 'some'
  tier: string
  userIds: string
  waveSize: string
  pauseSeconds: string
  percent: string
  perMinute: string
}

export const USUAL: Typed = {
  whom: 'all',
  tier: '',
  userIds: '',
  waveSize: '50',
  pauseSeconds: '60',
  percent: '10',
  perMinute: '60',
}

/** The API's own bounds; whatever they let pass it looks at once more. */
const BOUNDS = {
  waveSize: [1, 10_000],
  pauseSeconds: [0, 604_800],
  percent: [0, 100],
  perMinute: [1, 6_000],
} as const

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export type Problems = Partial<Record<keyof Typed, string>>

export function readPlan(typed: Typed): { plan: MigrationPlan } | { problems: Problems } {
  const problems: Problems = {}
  const numberOf = (field: keyof typeof BOUNDS): number => {
    const [least, most] = BOUNDS[field]
    const text = typed[field].trim()
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      problems[field] = `A whole number from ${String(least)} to ${String(most)}.`
    return value
  }
  const whom = whomOf(typed, problems)
  const plan = {
    ...whom,
    wave_size: numberOf('waveSize'),
    wave_pause_seconds: numberOf('pauseSeconds'),
    stop_on_failure_share: numberOf('percent') / 100,
    per_minute: numberOf('perMinute'),
  }
  return Object.keys(problems).length === 0 ? { plan } : { problems }
}

function whomOf(
  { whom, tier, userIds }: Typed,
  problems: Problems,
): Pick<MigrationPlan, 'all' | 'tier' | 'user_ids'> {
  if (whom === 'all') return { all: true }
  if (whom === 'tier') {
    if (tier.trim() === '') problems.tier = 'Which tier?'
    return { tier: tier.trim() }
  }
  const ids = userIds.split(/[\s,;]+/).filter((id) => id !== '')
  const wrong = ids.find((id) => !ID.test(id))
  if (ids.length === 0) problems.userIds = 'At least one id.'
  if (wrong !== undefined) problems.userIds = `${wrong} is no user's id.`
  return { user_ids: ids }
}
