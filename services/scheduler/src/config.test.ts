import type { ConfigError } from '@hangar/runtime'
import { describe, expect, test } from '@jest/globals'

import { readConfig } from './config.ts'
import { schedulesFrom } from './loops.ts'

const stores = { DATABASE_URL: 'postgres://u:hunter2@db:5432/hangar', REDIS_URL: 'redis://redis:6379' }

describe('the configuration', () => {
  test('needs two addresses; everything else has a default', () => {
    const config = readConfig(stores)
    expect(config).toMatchObject({ RELAY_INTERVAL_MS: 1000, SCHEDULE_CHECK_INTERVAL_MS: 2000, PORT: 3002 })
    expect(schedulesFrom(config)).toEqual([
      { id: 'guards', queue: 'guards', everyMs: 15_000 },
      { id: 'alerts', queue: 'guards', everyMs: 60_000 },
      { id: 'differences', queue: 'sweep', everyMs: 60_000 },
      { id: 'stuck', queue: 'sweep', everyMs: 60_000 },
      { id: 'orphans', queue: 'sweep', everyMs: 300_000 },
      { id: 'health', queue: 'health', everyMs: 300_000 },
      { id: 'cost', queue: 'cost', everyMs: 3_600_000 },
    ])
  })

  test('lists every problem at once, and no value', () => {
    const wrong = {
      DATABASE_URL: 'mysql://root:hunter2@db/hangar',
      RELAY_INTERVAL_MS: '0',
      RELAY_BATCH_SIZE: 'many',
      HEALTH_INTERVAL_MS: '-5',
    }
    let problems: readonly string[] = []
    try {
      readConfig(wrong)
    } catch (error) {
      problems = (error as ConfigError).problems
    }
    expect(problems.map((problem) => problem.split(/\W/)[0]).toSorted()).toEqual([
      'DATABASE_URL',
      'HEALTH_INTERVAL_MS',
      'REDIS_URL',
      'RELAY_BATCH_SIZE',
      'RELAY_INTERVAL_MS',
    ])
    expect(problems.join()).not.toContain('hunter2')
  })
})
