/** A state as a shape and a word; the colour only repeats it. */
import { formatCode } from '../lib/format.ts'

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle'
type Shape = 'dot' | 'ring' | 'half' | 'diamond' | 'triangle' | 'cross' | 'tick' | 'question' | 'bar'

const SHAPES: Readonly<Record<Shape, string>> = {
  dot: 'M6 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z',
  ring: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm0 2a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  half: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm0 1.5v6a3 3 0 0 0 0-6Z',
  diamond: 'm6 .8 5.2 5.2L6 11.2.8 6Z',
  triangle: 'M6 1.2 11.3 10.5H.7Z',
  cross: 'M2.7 1.5 6 4.8l3.3-3.3 1.2 1.2L7.2 6l3.3 3.3-1.2 1.2L6 7.2l-3.3 3.3-1.2-1.2L4.8 6 1.5 2.7Z',
  tick: 'M1.2 6.4 2.5 5l2.2 2.2L9.5 2l1.3 1.3L4.7 10Z',
  question:
    'M3.3 4.2C3.3 2.5 4.5 1.3 6.2 1.3c1.6 0 2.8 1 2.8 2.5 0 2.2-2.2 2.2-2.2 3.7H5.1c0-2.3 2-2.4 2-3.6 0-.6-.4-1-1-1-.7 0-1.1.5-1.1 1.3ZM5 8.7h1.9v1.9H5Z',
  bar: 'M1.5 4.9h9v2.2h-9Z',
}

type Look = { tone: Tone; shape: Shape; word?: string }

/** Every word for a state that the API uses, of apps, health, events, severities and runs. */
const LOOKS: Readonly<Record<string, Look>> = {
  active: { tone: 'good', shape: 'dot' },
  provisioning: { tone: 'busy', shape: 'half' },
  deprovisioning: { tone: 'busy', shape: 'bar' },
  deleted: { tone: 'idle', shape: 'ring' },
  error: { tone: 'bad', shape: 'diamond' },
  healthy: { tone: 'good', shape: 'tick' },
  unhealthy: { tone: 'bad', shape: 'cross' },
  unknown: { tone: 'idle', shape: 'question' },
  started: { tone: 'busy', shape: 'half' },
  running: { tone: 'busy', shape: 'half' },
  waiting: { tone: 'idle', shape: 'ring' },
  asked: { tone: 'busy', shape: 'bar' },
  paused: { tone: 'warn', shape: 'bar' },
  success: { tone: 'good', shape: 'tick' },
  done: { tone: 'good', shape: 'tick' },
  failed: { tone: 'bad', shape: 'cross' },
  skipped: { tone: 'idle', shape: 'bar' },
  cancelled: { tone: 'idle', shape: 'cross' },
  info: { tone: 'idle', shape: 'dot' },
  warning: { tone: 'warn', shape: 'triangle' },
  critical: { tone: 'bad', shape: 'diamond' },
  engaged: { tone: 'warn', shape: 'triangle' },
  released: { tone: 'good', shape: 'tick' },
}

export function lookOf(state: string): Look {
  return LOOKS[state] ?? { tone: 'idle', shape: 'ring' }
}

export function Status({ state, word }: { state: string; word?: string }) {
  const look = lookOf(state)
  return (
    <span className={`status tone-${look.tone}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        <path fillRule="evenodd" d={SHAPES[look.shape]} />
      </svg>
      {word ?? look.word ?? formatCode(state)}
    </span>
  )
}

/** A word that qualifies something: a tier, a kind of attention. */
export function Tag({ tone = 'idle', children }: { tone?: Tone; children: string }) {
  return <span className={`tag tone-${tone}`}>{children}</span>
}
