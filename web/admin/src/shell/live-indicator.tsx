/** Whether what is shown follows what happens. */
import type { StreamState } from '../live/event-stream.ts'
import { useLive } from '../live/live.tsx'

const WORDS: Readonly<Record<StreamState, readonly [word: string, meaning: string]>> = {
  open: ['Live', 'Changes appear here as they happen.'],
  connecting: ['Connecting', 'Connecting to the stream of changes.'],
  waiting: ['Not live', 'The connection was lost. Trying again; what is shown may be old.'],
  closed: ['Not live', 'The stream of changes has ended.'],
}

export function LiveIndicator() {
  const { state } = useLive()
  const [word, meaning] = WORDS[state]
  return (
    <span className={`live live-${state}`} role="status" title={meaning}>
      <span className="live-dot" aria-hidden="true" />
      {word}
      <span className="visually-hidden">. {meaning}</span>
    </span>
  )
}
