import { Link } from '@tanstack/react-router'

const USER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Of an alert: a user, by whom their app is found; an app's or a brake's name; or the whole fleet. */
export function Subject({ subject }: { subject: string }) {
  if (subject === '') return <span className="muted">the fleet</span>
  if (!USER_ID.test(subject)) return <code>{subject}</code>
  return (
    <Link to="/apps/$userId" params={{ userId: subject }} className="id">
      {subject}
    </Link>
  )
}
