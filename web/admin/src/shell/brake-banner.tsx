/** What everybody has to know before they act: a brake holds work back, or Fly does not answer. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client.ts'
import { plural } from '../lib/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Ago } from '../ui/time.tsx'

export const brakesQuery = queryOptions({
  queryKey: ['brakes'],
  queryFn: ({ signal }) => answer(api.GET('/v1/brakes', { signal })),
  refetchInterval: 60_000,
})

const TITLES: Readonly<Record<string, string>> = {
  fly_unreachable: 'Fly is unreachable',
  unhealthy_share: 'Too many apps are unhealthy at once',
  deletion_burst: 'Too many teardowns at once',
  restored: 'The database was restored',
  operator: 'Stopped by an operator',
}

export function BrakeBanner() {
  const { data } = useQuery(brakesQuery)
  const engaged = data?.items.filter((brake) => brake.engaged) ?? []
  if (engaged.length === 0) return null
  return (
    <div className="banner" role="status">
      {engaged.map((brake) => (
        <p key={brake.name}>
          <Icon name="alert" />
          <span>
            <strong>{TITLES[brake.name] ?? brake.name}.</strong> {brake.reason} Holds {brake.holds.join(', ')}{' '}
            for {plural(brake.held_users, 'user')}, since <Ago at={brake.since} />.
          </span>
        </p>
      ))}
    </div>
  )
}
