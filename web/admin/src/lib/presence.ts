/**
 * Whether somebody is at the page. It asks the API by itself all day long, and only what somebody does may keep the
 * session from becoming idle: whatever is asked while nobody is there says so (`X-Hangar-Passive`).
 */
import { now } from './clock.ts'

const PRESENT_FOR_MS = 30_000
const SIGNS = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart'] as const

export type Presence = { isPresent(): boolean; watch(target: EventTarget): void }

export function createPresence(clock: () => number = now): Presence {
  // Whoever opened the page is there.
  let lastSignAtMs = clock()
  return {
    isPresent: () => clock() - lastSignAtMs < PRESENT_FOR_MS,
    watch: (target) => {
      for (const sign of SIGNS)
        target.addEventListener(sign, () => void (lastSignAtMs = clock()), { capture: true, passive: true })
    },
  }
}

/** The page's own. */
export const presence = createPresence()
