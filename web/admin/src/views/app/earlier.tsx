import { formatMoney } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import type { User } from './queries.ts'

export function Earlier({ apps }: { apps: User['previous'] }) {
  if (apps.length === 0) return null
  return (
    <Section title="Earlier apps">
      <div className="scroll-x">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">App</th>
              <th scope="col">State</th>
              <th scope="col">Tier</th>
              <th scope="col">Made</th>
              <th scope="col">Ended</th>
              <th scope="col">Cost in all</th>
            </tr>
          </thead>
          <tbody>
            {apps.map((app) => (
              <tr key={app.id}>
                <th scope="row">
                  <code>{app.fly_app_name}</code>
                </th>
                <td>
                  <Status state={app.status} />
                </td>
                <td>{app.tier}</td>
                <td>
                  <Ago at={app.created_at} />
                </td>
                <td>
                  <Ago at={app.deleted_at} />
                </td>
                <td>{formatMoney(app.final_cost_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
