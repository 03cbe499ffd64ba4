import { named, type Finding, type Guarantee, type View } from './view.ts'

/** Another installation's apps lie in the same organisation, and bear the same prefix. */
export const strangersAreLeftAlone: Guarantee = {
  name: 'strangers are left alone',
  says: 'A worker changes nothing in an app that no row ever named.',
  findings: ({ calls }: View) =>
    calls.flatMap((call): Finding[] => {
      const changed = call.method !== 'GET' && call.applied && call.fence !== null
      if (!changed || call.row !== null || call.app === null) return []
      return [{ app: call.app, what: `${named(call)}, and no row of ours ever had this name` }]
    }),
}
