import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { usersWithoutAppQuery } from '../../api/apps.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/states.tsx'

export function NoApps({
  q,
  filtered,
  onClear,
}: {
  q: string | undefined
  filtered: boolean
  onClear: () => void
}) {
  if (!filtered) {
    return (
      <Empty title="No apps yet">
        <p>An app appears here as soon as a user's tier becomes one that gets an app.</p>
      </Empty>
    )
  }
  return (
    <Empty title="No app is like that">
      {q !== undefined && <UsersWithoutApp q={q} />}
      <Button onClick={onClear}>Clear search and filters</Button>
    </Empty>
  )
}

/** A search for somebody who has no app finds them too. */
export function UsersWithoutApp({ q }: { q: string }) {
  const { data } = useQuery(usersWithoutAppQuery(q))
  if (data === undefined || data.items.length === 0) return null
  return (
    <div className="users-without-app">
      <h2>Users without an app</h2>
      <ul>
        {data.items.map((user) => (
          <li key={user.user_id}>
            <Link to="/apps/$userId" params={{ userId: user.user_id }}>
              {user.email ?? user.user_id}
            </Link>{' '}
            <span className="muted">{user.tier ?? 'no subscription'}</span>
          </li>
        ))}
      </ul>
      {data.next_cursor !== null && <p className="muted">and more</p>}
    </div>
  )
}
