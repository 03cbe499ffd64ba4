/** A line under the top bar once something has been loading for a second. */
import { useIsFetching, useIsMutating } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

const PATIENCE_MS = 1_000

export function ProgressBar() {
  const busy = useIsFetching() + useIsMutating() > 0
  return busy ? <Slow /> : null
}

/** Mounted while something is under way. */
function Slow() {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  return slow ? <div className="progress-line" role="progressbar" aria-label="Loading" /> : null
}
