import { REDIS_URL_FORMS } from '@hangar/core'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { commonConfig, ConfigError, loadConfig, masterKeyFields, policyFields, policyFrom } from './index.ts'

const STORES = { DATABASE_URL: 'postgresql://u:p@localhost:5432/d', REDIS_URL: 'redis://localhost:6379' }

function problemsOf(schema: z.ZodType, env: Record<string, string>): readonly string[] {
  try {
    loadConfig(schema, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('loadConfig', () => {
  test('reads what is set and fills in the rest', () => {
    expect(loadConfig(z.object(commonConfig), { ...STORES, PORT: '0', OTHER: 'ignored' })).toEqual({
      ...STORES,
      HANGAR_QUEUE_PREFIX: '{hangar}',
      LOG_LEVEL: 'info',
      PORT: 0,
    })
  })

  test('reports every problem at once, by name', () => {
    expect(
      problemsOf(z.object(commonConfig), { REDIS_URL: 'http://x', PORT: '99999', LOG_LEVEL: 'loud' }),
    ).toEqual([
      'DATABASE_URL is missing',
      `REDIS_URL: write it as ${REDIS_URL_FORMS}`,
      expect.stringMatching(/^LOG_LEVEL: Invalid option/),
      expect.stringMatching(/^PORT: Too big/),
    ])
  })

  test('an empty variable is one that is not set', () => {
    expect(problemsOf(z.object(commonConfig), { ...STORES, REDIS_URL: '' })).toEqual(['REDIS_URL is missing'])
  })

  test('never says the value, even where a schema would', () => {
    const schema = z.object({
      SECRET: z.string().refine(() => false, { error: ({ input }) => `bad: ${String(input)}` }),
    })
    expect(problemsOf(schema, { SECRET: 'geheim' })).toEqual(['SECRET: bad: …'])
  })

  test('a master key is at least 32 bytes', () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    expect(problemsOf(z.object(masterKeyFields), { HANGAR_MASTER_KEY: key })).toEqual([])
    expect(problemsOf(z.object(masterKeyFields), { HANGAR_MASTER_KEY: 'c2hvcnQ=' })).toEqual([
      'HANGAR_MASTER_KEY: write it as base64 of at least 32 random bytes',
    ])
  })
})

describe('policy', () => {
  test('has the product’s defaults', () => {
    expect(policyFrom(loadConfig(z.object(policyFields), {})).guests).toEqual({
      pro: { cpuKind: 'shared', cpus: 2, memoryMb: 512 },
      elite: { cpuKind: 'shared', cpus: 2, memoryMb: 1024 },
    })
  })

  test('reads lists and sizes, in any case and spacing', () => {
    const env = { PAID_TIERS: 'Pro, ELITE ', GUEST_ELITE: 'performance:1:2048' }
    const policy = policyFrom(loadConfig(z.object(policyFields), env))
    expect(policy.paidTiers).toEqual(['pro', 'elite'])
    expect(policy.guests['elite']).toEqual({ cpuKind: 'performance', cpus: 1, memoryMb: 2048 })
  })

  test('refuses a paid tier that has no machine size', () => {
    expect(problemsOf(z.object(policyFields), { PAID_TIERS: 'pro,team' })).toEqual([
      'PAID_TIERS: a paid tier needs a machine size, and only pro and elite have one',
    ])
  })

  test('refuses a size below what Fly gives', () => {
    expect(problemsOf(z.object(policyFields), { GUEST_PRO: 'shared:2:256' })).toEqual([
      'GUEST_PRO: 2 shared CPUs take 512 to 4096 MB, not 256',
    ])
    expect(problemsOf(z.object(policyFields), { GUEST_PRO: 'big' })).toHaveLength(1)
  })
})
