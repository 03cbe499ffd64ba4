/** Colours and what is safe to show of a text that others have written. */
import { styleText } from 'node:util'

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold'

export type Paint = (colour: Colour, text: string) => string

export function createPaint(enabled: boolean): Paint {
  return (colour, text) => (enabled ? styleText(colour, text, { validateStream: false }) : text)
}

/** Control characters in an address or a message must not reach the terminal, which would obey them. */
export function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ')
}

/** How it went, as a colour. */
export function colourOf(status: string): Colour | undefined {
  if (['active', 'healthy', 'done', 'succeeded', 'resolved', 'released'].includes(status)) return 'green'
  if (['error', 'failed', 'critical', 'unhealthy', 'engaged', 'cancelled'].includes(status)) return 'red'
  if (['warning', 'paused', 'open', 'degraded'].includes(status)) return 'yellow'
  if (['deleted', 'skipped', 'none', 'unknown'].includes(status)) return 'dim'
  return undefined
}
