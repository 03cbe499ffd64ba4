/** Says that what is shown may be old, once the stream of changes has been away for more than a moment. */
import { useEffect, useState } from 'react'
import { now } from '../lib/clock.ts'
import { formatTime } from '../lib/format.ts'
import type { Away } from '../live/event-stream.ts'
import { useLive } from '../live/live.tsx'
import { Icon } from '../ui/icon.tsx'

/** A proxy that cuts long connections, or a restart of the API, is over by then. */
const PATIENCE_MS = 3_000

export function ConnectionBanner() {
  const { state, away = 'unreachable' } = useLive()
  return state === 'open' ? null : <NotLive why={WORDS[away]} />
}

const WORDS: Readonly<Record<Away, string>> = {
  unreachable: 'The server cannot be reached',
  'too-many': 'The server has too many pages like this one open: close those that nobody needs',
  failing: 'The server answers with an error',
}

/** Mounted while the stream is not open. */
function NotLive({ why }: { why: string }) {
  const [sinceMs] = useState(now)
  const [told, setTold] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setTold(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!told) return null
  return (
    <div className="banner" role="status">
      <p>
        <Icon name="alert" />
        <span>
          <strong>Not live since {formatTime(new Date(sinceMs).toISOString())}.</strong> {why}. What is shown
          may be old. Trying again by itself.
        </span>
      </p>
    </div>
  )
}
