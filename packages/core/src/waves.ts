/**
 * Users who pay and have no app of their own are given one in waves. The next wave begins when all of this one have come
 * to an end; where too many of them fail, nobody more is asked until a person has looked.
 */

/** Of one wave, or of all so far: those who wait, are at it, and came to an end since somebody last looked. */
export type WaveCounts = { waiting: number; asked: number; done: number; failed: number }

/** `failing`: more than the share have failed, or will have whatever becomes of the rest of the wave. */
export type WaveVerdict = 'goes_on' | 'over' | 'failing'

/** Pure and total. A share of 1 stops nothing. Who was left out counts neither way. */
export function judgeWave(
  wave: WaveCounts,
  all: Pick<WaveCounts, 'done' | 'failed'>,
  stopOnFailureShare: number,
): WaveVerdict {
  const underWay = wave.waiting + wave.asked
  if (wave.failed > stopOnFailureShare * (underWay + wave.done + wave.failed)) return 'failing'
  if (underWay > 0) return 'goes_on'
  return all.failed > stopOnFailureShare * (all.done + all.failed) ? 'failing' : 'over'
}

/**
 * Fly documents one request a second for each action and identifier. An app that is being created has no identifier yet, so
 * its organisation may be what is counted: more than these in a minute are not to be relied on.
 */
export const FLY_APP_CREATIONS_PER_MINUTE = 60

/** From being asked to a healthy app, as long as nobody has come to an end. */
const TYPICAL_SECONDS = 60

/** How long until the last has come to an end: each wave asks its users, waits for its last one, and rests. */
export function foreseeWavesSeconds({
  waiting,
  asked,
  waveSize,
  wavePauseMs,
  perMinute,
  itemSeconds,
}: {
  waiting: number
  asked: number
  waveSize: number
  wavePauseMs: number
  perMinute: number
  itemSeconds: number | null
}): number {
  if (waiting + asked === 0) return 0
  const waves = Math.max(1, Math.ceil(waiting / waveSize))
  const asking = (waiting * 60) / Math.min(perMinute, FLY_APP_CREATIONS_PER_MINUTE)
  const resting = ((waves - 1) * wavePauseMs) / 1_000
  return Math.ceil(asking + waves * (itemSeconds ?? TYPICAL_SECONDS) + resting)
}
