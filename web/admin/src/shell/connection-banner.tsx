/** Says that what is shown may be old, once the stream of changes has been away for more than a moment. */
import { useEffect, useState } from 'react'
import { now } from '../lib/clock.ts'
import { formatTime } from '../lib/format.ts'
import { useLive } from '../live/live.tsx'
import { Icon } from '../ui/icon.tsx'

/** A proxy that cuts long connections, or a restart of the API, is over by then. */
const PATIENCE_MS = 3_000

export function ConnectionBanner() {
  const { state } = useLive()
  return state === 'open' ? null : <Away />
}

/** Mounted while the stream is not open. */
function Away() {
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
          <strong>Not live since {formatTime(new Date(sinceMs).toISOString())}.</strong> The server cannot be
          reached: what is shown may be old. Trying again by itself.
        </span>
      </p>
    </div>
  )
}
