import { describe, expect, test } from '@jest/globals'
import { healthStrip } from './health-strip.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute))
const change = (minute: number, eventType: string, message: string | null = null) => ({
  at: at(minute),
  eventType,
  message,
})
const span = { from: at(0), to: at(59) }
const healthy = { healthStatus: 'healthy', lastHealthCheck: at(50) } as const
const shown = (facts: Parameters<typeof healthStrip>[0]) =>
  healthStrip(facts).map(({ from, to, status }) => `${from.getUTCMinutes()}-${to.getUTCMinutes()} ${status}`)

describe('the strip', () => {
  test('of a user who never had an app', () => {
    expect(shown({ ...span, changes: [], app: null })).toEqual(['0-59 none'])
  })

  test('what was before the span holds until something else is known', () => {
    const changes = [change(-30, 'provision_healthy'), change(10, 'health_check_failed', 'silent')]
    expect(
      shown({ ...span, changes: [...changes, change(20, 'health_check_recovered')], app: healthy }),
    ).toEqual(['0-10 healthy', '10-20 unhealthy', '20-59 healthy'])
    expect(healthStrip({ ...span, changes, app: null })[1]).toMatchObject({ message: 'silent' })
  })

  test('from nothing to an app, and to nothing again', () => {
    const changes = [
      change(5, 'provision_started'),
      change(6, 'provision_healthy'),
      change(30, 'deprovision_started'),
      change(31, 'deprovision_completed'),
    ]
    expect(shown({ ...span, changes, app: null })).toEqual([
      '0-5 none',
      '5-6 unknown',
      '6-30 healthy',
      '30-31 unknown',
      '31-59 none',
    ])
  })

  test('what a look could not tell is on the row alone', () => {
    const app = { healthStatus: 'unknown', lastHealthCheck: at(40) } as const
    expect(shown({ ...span, changes: [change(-1, 'provision_healthy')], app })).toEqual([
      '0-40 healthy',
      '40-59 unknown',
    ])
  })

  test('one that began in the span, and was never anything else', () => {
    const app = { healthStatus: 'healthy', lastHealthCheck: null } as const
    expect(shown({ ...span, changes: [change(7, 'provision_healthy')], app })).toEqual([
      '0-7 none',
      '7-59 healthy',
    ])
  })

  test('neighbours differ, and there is no gap', () => {
    const changes = [
      change(-5, 'provision_healthy'),
      change(3, 'health_check_failed'),
      change(3, 'repair_started'),
      change(4, 'repair_completed'),
      change(4, 'health_check_recovered'),
    ]
    const segments = healthStrip({ ...span, changes, app: healthy })
    expect(segments.map(({ status }) => status)).toEqual(['healthy', 'unhealthy', 'healthy'])
    for (const [place, { to }] of segments.entries()) expect(to).toEqual(segments[place + 1]?.from ?? span.to)
  })
})
