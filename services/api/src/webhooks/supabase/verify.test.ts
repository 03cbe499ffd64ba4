import { randomBytes } from 'node:crypto'
import type { Clock } from '@hangar/core'
import { testClock } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { parseSigningKeys, verifyDelivery } from './verify.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const SECRET = `whsec_${randomBytes(32).toString('base64')}`
const OTHER = `whsec_${randomBytes(32).toString('base64')}`
const BODY = '{"type": "UPDATE", "note": "Ünïcödé, 2 spaces  kept"}'

const clock: Clock = testClock(NOW)

function signed(body: string, secret = SECRET, at = NOW, id = 'msg_1') {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

function check(
  headers: Record<string, string>,
  options: { body?: string; keys?: string; shared?: string | string[] } = {},
) {
  const signingKeys = options.keys === '' ? [] : (parseSigningKeys(options.keys ?? SECRET) ?? [])
  const secrets = { signingKeys, sharedSecrets: [options.shared ?? []].flat() }
  verifyDelivery(headers, Buffer.from(options.body ?? BODY), secrets, clock)
}

const refused = (code: string) => expect.objectContaining({ code })

describe('signature', () => {
  test('what the Standard Webhooks library signs is accepted, byte for byte', () => {
    check(signed(BODY))
    expect(() => check(signed(BODY), { body: BODY.replace('  ', ' ') })).toThrow(refused('bad_signature'))
  })

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s it is refused',
    (header) => {
      const headers = Object.fromEntries(Object.entries(signed(BODY)).filter(([name]) => name !== header))
      expect(() => check(headers)).toThrow(refused('bad_signature'))
    },
  )

  test('id and timestamp are part of what is signed', () => {
    expect(() => check({ ...signed(BODY), 'webhook-id': 'msg_2' })).toThrow(refused('bad_signature'))
    const later = String(NOW.getTime() / 1000 + 1)
    expect(() => check({ ...signed(BODY), 'webhook-timestamp': later })).toThrow(refused('bad_signature'))
  })

  test.each(['', 'v1', 'v1,', 'v1,AAAA', 'v2,AAAA', 'nonsense', 'v1,%%%'])('"%s" is refused', (signature) => {
    expect(() => check({ ...signed(BODY), 'webhook-signature': signature })).toThrow(refused('bad_signature'))
  })

  test.each(['', 'soon', '1e9', '-5', '99999999999999'])('timestamp "%s" is refused', (timestamp) => {
    expect(() => check({ ...signed(BODY), 'webhook-timestamp': timestamp })).toThrow(refused('bad_signature'))
  })

  test('a list is searched, separated by spaces or as Supabase Auth does it', () => {
    const headers = signed(BODY)
    const right = headers['webhook-signature']
    check({ ...headers, 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} ${right}` })
    check({ ...headers, 'webhook-signature': `v1a,abc ${right}` })
    check({ ...headers, 'webhook-signature': `${right}, v1,${Buffer.alloc(32).toString('base64')}` })
  })
})

describe('rotation', () => {
  test('any of several keys may have signed', () => {
    const keys = `${OTHER}|v1,${SECRET}`
    check(signed(BODY, SECRET), { keys })
    check(signed(BODY, OTHER), { keys })
    const stranger = `whsec_${randomBytes(32).toString('base64')}`
    expect(() => check(signed(BODY, stranger), { keys })).toThrow(refused('bad_signature'))
  })

  test('keys are read in both spellings, and only as such', () => {
    const bytes = (text: string) => parseSigningKeys(text)?.map((key) => key.export().toString('base64'))
    expect(bytes(SECRET)).toEqual([SECRET.slice('whsec_'.length)])
    expect(bytes(`v1,${SECRET}`)).toEqual(bytes(SECRET))
    expect(parseSigningKeys(`${SECRET} | ${OTHER}`)).toHaveLength(2)
    expect(parseSigningKeys('')).toBeNull()
    expect(parseSigningKeys('whsec_short')).toBeNull()
    expect(parseSigningKeys(SECRET.slice('whsec_'.length))).toBeNull()
    expect(parseSigningKeys(`${SECRET}|`)).toBeNull()
  })
})

describe('replay window', () => {
  const MINUTE_MS = 60_000
  test.each([-5 * MINUTE_MS, -MINUTE_MS, MINUTE_MS, 5 * MINUTE_MS])('%i ms off is accepted', (ms) => {
    check(signed(BODY, SECRET, new Date(NOW.getTime() + ms)))
  })

  test.each([-5 * MINUTE_MS - 1000, 5 * MINUTE_MS + 1000, -365 * 24 * 60 * MINUTE_MS])(
    '%i ms off is stale',
    (ms) => {
      const headers = signed(BODY, SECRET, new Date(NOW.getTime() + ms))
      expect(() => check(headers)).toThrow(refused('stale_timestamp'))
    },
  )

  test('who has no key is not told that the clock is off', () => {
    const headers = signed(BODY, OTHER, new Date(0))
    expect(() => check(headers)).toThrow(refused('bad_signature'))
  })
})

describe('shared secret', () => {
  const shared = 'a-shared-secret-of-the-dashboard'

  test('while one replaces another, either is enough', () => {
    const both = ['the-next-secret-of-the-dashboard', shared]
    for (const given of both) check({ 'x-hangar-webhook-secret': given }, { shared: both, keys: '' })
  })

  test('opens by itself', () => {
    check({ 'x-hangar-webhook-secret': shared }, { shared, keys: '' })
  })

  test('a wrong one, an empty one, or one that is not configured does not', () => {
    for (const [given, configured] of [
      ['a-shared-secret-of-the-dashboarD', shared],
      ['', shared],
      [shared, undefined],
    ] as const)
      expect(() =>
        check({ 'x-hangar-webhook-secret': given }, configured === undefined ? {} : { shared: configured }),
      ).toThrow(refused('bad_signature'))
  })

  test('a good signature counts beside a wrong secret', () => {
    check({ ...signed(BODY), 'x-hangar-webhook-secret': 'something else' }, { shared })
  })
})
