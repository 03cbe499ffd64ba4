/** What a restore may not do, told in sentences; none: the drill passed. */
import type { DrillResult, Name } from './drill.ts'

export function failuresOf({ before, after, deletedTooEarly, repeatedNames }: DrillResult): string[] {
  const changed = (Object.keys(before) as Name[]).flatMap((name) => {
    const [was, is] = [before[name], after[name]]
    if (was?.app === is?.app && was?.machine === is?.machine) return []
    return [`${name} had ${was?.app ?? 'no app'} and has ${is?.app ?? 'no app'}, or another machine in it`]
  })
  return [
    ...changed,
    ...deletedTooEarly.map((what) => `${what}, before an operator agreed`),
    ...repeatedNames.map((name) => `${name} was made twice`),
  ]
}
