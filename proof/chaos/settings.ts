import { parseArgs } from 'node:util'

export class UsageError extends Error {}

export type ChaosSettings = {
  /** How long faults and flips last. */
  seconds: number
  users: number
  seed: number
  /** How long after the faults' end all that is desired may take to be there. */
  convergeWithinSeconds: number
  loseAllWebhooks: boolean
  /** No faults: only the tier changes, and what is said of webhooks. */
  calm: boolean
  /** Where the figures go, as JSON. */
  report: string | null
}

export const USAGE = `npm run chaos -- [options]: a whole Hangar of real processes, real faults, and a checker

  --seconds <n>                   how long faults and tier changes last, default 60
  --users <n>                     default 50
  --seed <n>                      draws the same deeds again; default: drawn
  --converge-within-seconds <n>   after the faults' end, default 60
  --lose-all-webhooks             no webhook ever arrives: the relay is the only way
  --calm                          no faults
  --report <file>                 writes the figures as JSON
`

export function readSettings(args: readonly string[]): ChaosSettings | 'help' {
  const values = parse(args)
  if (values.help === true) return 'help'
  return {
    seconds: whole('--seconds', values.seconds ?? '60'),
    users: whole('--users', values.users ?? '50'),
    seed: whole('--seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000))),
    convergeWithinSeconds: whole('--converge-within-seconds', values['converge-within-seconds'] ?? '60'),
    loseAllWebhooks: values['lose-all-webhooks'] === true,
    calm: values.calm === true,
    report: values.report ?? null,
  }
}

function parse(args: readonly string[]) {
  const options = {
    seconds: { type: 'string' },
    users: { type: 'string' },
    seed: { type: 'string' },
    'converge-within-seconds': { type: 'string' },
    'lose-all-webhooks': { type: 'boolean' },
    calm: { type: 'boolean' },
    report: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${name} must be a whole number above 0, not '${text}'`)
  return value
}
