/**
 * Does Fly's API serve us? One authenticated call that every part of Fly has a hand in: a page of one machine of the
 * organisation's list, whose own limit is one call a second. Only where that fails is a second endpoint asked, one
 * that needs neither token nor regions: a broken list alone is no outage.
 */
import { type FlyClient, FlyError } from '@hangar/fly-client'

export type Probe =
  /** Fly serves us, perhaps without some regions. */
  | { kind: 'served'; errorRegions: string[] }
  /** Fly serves, and does not accept our token. */
  | { kind: 'refused'; reason: string }
  /** Fly serves, and its list of machines does not work. */
  | { kind: 'impaired'; reason: string }
  | { kind: 'unreachable'; reason: string }

/** A probe is no work: it gives up early, and the next one comes in seconds. */
const PROBE_TIMEOUT_MS = 5_000

export async function probeFly(fly: FlyClient, signal: AbortSignal): Promise<Probe> {
  // Sent whatever the circuit breaker says, which may be open for longer than a probe's interval.
  const call = {
    signal,
    attempts: 1,
    timeoutMs: PROBE_TIMEOUT_MS,
    deadlineMs: PROBE_TIMEOUT_MS,
    evenIfOpen: true,
  }
  try {
    const first = await fly.orgs.machines({ pageSize: 1 }, call).next()
    return { kind: 'served', errorRegions: first.value?.errorRegions ?? [] }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof FlyError)) throw error
    if (error.code === 'unauthorized') return { kind: 'refused', reason: error.message }
    // Whatever else is a whole answer below 500, such as a 429, came from an API that serves.
    const isAnswered = error.status !== undefined && error.status < 500 && error.status !== 408
    if (isAnswered || (await answers(fly, call, signal))) return { kind: 'impaired', reason: error.message }
    return { kind: 'unreachable', reason: error.message }
  }
}

async function answers(
  fly: FlyClient,
  call: Parameters<FlyClient['platform']['regions']>[0],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await fly.platform.regions(call)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof FlyError) return false
    throw error
  }
}
