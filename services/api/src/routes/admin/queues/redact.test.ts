import { expect, test } from '@jest/globals'
import { redact } from './redact.ts'

test.each([
  ['an app token', `hgr_0a1b2c3d_11111111-1111-1111-1111-111111111111_${'ab'.repeat(32)}`],
  ['a Supabase key', 'sb_secret_Zm9v-YmFy_x'],
  ['a webhook secret', 'whsec_Zm9vYmFyYmF6cXV4Zm9vYmFy+/=='],
  ['a Fly token', 'FlyV1 fm2_lJPECAAAAAAA+/x=,fm2_y'],
  ['a bearer', 'Bearer abc.def'],
  ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
])('%s in any text is taken out', (_name, secret) => {
  const redacted = JSON.stringify(redact({ failedReason: `it said: ${secret}`, logs: [[secret]] }))
  expect(redacted).not.toContain(secret.split(' ').at(-1))
  expect(redacted).toMatch(/it said: \S*( ?)\[redacted\]/)
})

test('the password of an address goes, the rest of it stays', () => {
  expect(redact('postgres://hangar:pa55@db:5432/x failed')).toBe(
    'postgres://hangar:[redacted]@db:5432/x failed',
  )
})

test('a field named like a secret is hidden whole; ids, counts and flags stay', () => {
  const job = { userId: '1', apiKey: 'plain', nested: { password: 'x', tokens: 3, hasToken: true }, at: null }
  expect(redact(job)).toEqual({
    userId: '1',
    apiKey: '[redacted]',
    nested: { password: '[redacted]', tokens: 3, hasToken: true },
    at: null,
  })
})
