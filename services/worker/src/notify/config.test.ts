import { ConfigError } from '@hangar/runtime'
import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../config.ts'
import { createChannels } from './index.ts'

const REQUIRED = {
  DATABASE_URL: 'postgres://u:p@db/hangar',
  REDIS_URL: 'redis://redis:6379',
  HANGAR_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  HANGAR_PUBLIC_URL: 'https://hangar.example',
  FLY_API_TOKEN: 't',
  FLY_ORG_SLUG: 'vyx',
  FLY_DEFAULT_REGION: 'iad',
  FLY_SCREENER_IMAGE: 'i',
}
const read = (env: Record<string, string> = {}) => readConfig({ ...REQUIRED, ...env })
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    read(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const MAIL = {
  ALERT_SMTP_URL: 'smtps://u:hunter2@mail.example',
  ALERT_MAIL_FROM: 'hangar@ops.example',
  ALERT_MAIL_TO: 'ada@ops.example, grace@ops.example',
}

describe('where alerts go', () => {
  test('is nowhere by default, and each channel is one setting or three', () => {
    expect(createChannels(read())).toEqual([])
    expect(createChannels(read(MAIL)).map(({ name }) => name)).toEqual(['mail'])
    expect(
      createChannels(read({ ALERT_WEBHOOK_URL: 'https://hook.example' })).map(({ name }) => name),
    ).toEqual(['webhook'])
  })

  test('by severity is critical and warning to both, and info to nobody, unless it is said otherwise', () => {
    expect(read().ALERT_ROUTES).toEqual({
      critical: ['mail', 'webhook'],
      warning: ['mail', 'webhook'],
      info: [],
    })
    expect(read({ ALERT_ROUTES: 'critical:mail, info:webhook+mail' }).ALERT_ROUTES).toEqual({
      critical: ['mail'],
      warning: [],
      info: ['webhook', 'mail'],
    })
  })

  test.each([
    ['ALERT_ROUTES', { ALERT_ROUTES: 'grave:mail' }],
    ['ALERT_ROUTES', { ALERT_ROUTES: 'critical:pigeon' }],
    ['ALERT_MAIL_FROM', { ...MAIL, ALERT_MAIL_FROM: '' }],
    ['ALERT_MAIL_TO', { ...MAIL, ALERT_MAIL_TO: '' }],
    ['ALERT_MAIL_TO', { ...MAIL, ALERT_MAIL_TO: 'ada@ops.example, grace' }],
    [
      'ALERT_SMTP_URL',
      { ALERT_SMTP_URL: 'https://u:hunter2@mail.example', ...without(MAIL, 'ALERT_SMTP_URL') },
    ],
    ['ALERT_WEBHOOK_URL', { ALERT_WEBHOOK_URL: 'hook.example/hunter2' }],
    ['ALERT_WEBHOOK_SECRET', { ALERT_WEBHOOK_SECRET: 'hunter2' }],
  ])('%s is told when it is wrong, by name and not by value: %j', (name, env) => {
    const problems = problemsOf(env)
    expect(problems.map((problem) => problem.split(/\W/)[0])).toEqual([name])
    expect(problems.join()).not.toContain('hunter2')
  })
})

function without(env: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key !== name))
}
