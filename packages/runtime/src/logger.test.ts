import { describe, expect, test } from '@jest/globals'
import { createLogger, redactText } from './index.ts'

function captured() {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { lines, logger: createLogger({ service: 'api', level: 'info', destination }) }
}

const last = (lines: string[]) => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>

describe('the log', () => {
  test('is JSON lines with level, service and an ISO time', () => {
    const { lines, logger } = captured()
    logger.debug('not shown')
    logger.info({ userId: 'u1' }, 'reconciled')
    expect(lines).toHaveLength(1)
    expect(last(lines)).toMatchObject({ level: 'info', service: 'api', userId: 'u1', msg: 'reconciled' })
    expect(last(lines)['time']).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  test('masks telling keys at any depth, in children too', () => {
    const { lines, logger } = captured()
    logger
      .child({ headers: { Authorization: 'abc', 'x-shutdown-token': 'def"ghi' } })
      .info({ a: { b: { c: { clientSecret: 's', cookies: ['one', 'two'] } } }, tokenCount: 3 }, 'sent')
    expect(last(lines)).toMatchObject({
      headers: { Authorization: '[redacted]', 'x-shutdown-token': '[redacted]' },
      a: { b: { c: { clientSecret: '[redacted]', cookies: '[redacted]' } } },
      tokenCount: 3,
    })
  })

  test('masks what looks like a secret in messages and stack traces', () => {
    const { lines, logger } = captured()
    logger.error({ err: new Error('sent Bearer abc.def and hgr_k1_0001_ffee') }, 'via redis://:pw@h:1')
    const text = lines.at(-1) ?? ''
    expect(text).not.toMatch(/abc\.def|ffee|pw@/)
    expect(last(lines)['msg']).toBe('via redis://:[redacted]@h:1')
  })
})

test.each([
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_[redacted]'],
  ['sb_secret_N7UND0UgjKTVK_Uodkm0Hg', 'sb_secret_[redacted]'],
  ['FlyV1 fm2_lJPECAAA', 'FlyV1 [redacted]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoieCJ9.c2ln', '[redacted]'],
  ['postgres://hangar:geheim@db:5432/x', 'postgres://hangar:[redacted]@db:5432/x'],
  [
    'redis+sentinel://a,b/main?db=1&sentinel_password=geheim',
    'redis+sentinel://a,b/main?db=1&sentinel_password=[redacted]',
  ],
  ['http://127.0.0.1:8080/path@here', 'http://127.0.0.1:8080/path@here'],
])('redactText(%s)', (text, expected) => {
  expect(redactText(text)).toBe(expected)
})
