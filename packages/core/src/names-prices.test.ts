import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { guestProblems } from './guests.ts'
import {
  appName,
  appRowId,
  DEFAULT_APP_PREFIX,
  isOwnedBy,
  machineName,
  ownershipMetadata,
  readOwnership,
} from './names.ts'
import {
  costPerSecondUsd,
  costStateOf,
  describePriceModel,
  listedMachineMonthUsd,
  monthlyCostUsd,
  SECONDS_PER_MONTH,
  usdPerSecondText,
} from './prices.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

describe('names', () => {
  const parts = {
    prefix: DEFAULT_APP_PREFIX,
    installationId: randomUUID(),
    userId: randomUUID(),
    generation: 1,
    candidate: 0,
  }
  test('the product knows its apps by prefix and eight characters', () => {
    expect(appName(parts)).toMatch(/^vyx-user-[0-9a-z]{8}$/)
    expect(appName(parts)).toBe(appName({ ...parts }))
  })
  test.each([
    ['another user', { userId: randomUUID() }],
    ['another generation', { generation: 2 }],
    ['another candidate', { candidate: 1 }],
    ['another installation', { installationId: randomUUID() }],
  ])('%s has another name', (_, change) => {
    expect(appName({ ...parts, ...change })).not.toBe(appName(parts))
  })
  test("a machine is ours only with this installation's, user's and generation's mark", () => {
    const ownership = { installationId: randomUUID(), userId: randomUUID(), generation: 3 }
    const metadata = { ...ownershipMetadata(ownership), made_by: 'hand' }
    expect(isOwnedBy(metadata, ownership)).toBe(true)
    expect(isOwnedBy(metadata, { ...ownership, generation: 2 })).toBe(false)
    expect(isOwnedBy(undefined, ownership)).toBe(false)
    expect(machineName('vyx-user-abcdefgh')).toBe('vyx-user-abcdefgh-m1')
  })
  test('a mark is read as it was written, and what was never written is none', () => {
    const ownership = { installationId: randomUUID(), userId: randomUUID(), generation: 3 }
    const metadata = ownershipMetadata(ownership)
    expect(readOwnership({ ...metadata, made_by: 'hand' })).toEqual(ownership)
    expect(readOwnership(undefined)).toBeNull()
    for (const generation of ['0', '-1', '1.5', '12345678901', '']) {
      expect(readOwnership({ ...metadata, hangar_generation: generation })).toBeNull()
    }
    expect(readOwnership({ ...metadata, hangar_user: "'; drop table" })).toBeNull()
  })
  test('the id of a row is the same each time, and another for each generation', () => {
    const ownership = { installationId: randomUUID(), userId: randomUUID(), generation: 1 }
    expect(appRowId(ownership)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(appRowId({ ...ownership })).toBe(appRowId(ownership))
    expect(appRowId({ ...ownership, generation: 2 })).not.toBe(appRowId(ownership))
  })
})

describe('prices', () => {
  const guest = (cpus: number, memoryMb: number, cpuKind: 'shared' | 'performance' = 'shared') => ({
    cpuKind,
    cpus,
    memoryMb,
  })
  test.each([
    ['pro: 2 × 2.50 + 0.5 × 2.00', guest(2, 512), 6],
    ['elite: 2 × 2.50 + 1 × 2.00', guest(2, 1024), 7],
    ['at least 5.00', guest(1, 256), 5],
  ])("the product's rule, %s", (_, size, usd) => {
    expect(monthlyCostUsd('product', size, 'iad')).toBe(usd)
  })
  test.each([
    ['a running one', { state: 'started', guest: guest(2, 512) }, 6],
    ['one in a state nobody knows', { state: 'hibernating', guest: guest(2, 512) }, 6],
    ['a stopped one: its root filesystem', { state: 'stopped', guest: guest(2, 512) }, 0.15],
    ['one whose size is not shown: the least there is', { state: 'started', guest: null }, 5],
  ])('a machine in a list, %s', (_, machine, usd) => {
    expect(listedMachineMonthUsd('product', { ...machine, region: 'iad' })).toBe(usd)
  })
  // Rows of Fly's price table as captured on 2025-08-19, USD for 30 days in iad; sjc from its cost guide.
  test.each([
    [guest(1, 256), 'iad', 1.94],
    [guest(2, 512), 'iad', 3.89],
    [guest(2, 1024), 'iad', 6.39],
    [guest(8, 16384), 'iad', 85.59],
    [guest(1, 2048, 'performance'), 'iad', 31],
    [guest(16, 131072, 'performance'), 'iad', 976.25],
    [guest(1, 256), 'sjc', 2.32],
    [guest(1, 256), 'ams', 2.02],
  ])("Fly's list price of %j in %s", (size, region, usd) => {
    expect(monthlyCostUsd('fly_list', size, region).toFixed(2)).toBe(usd.toFixed(2))
  })
  test.each([
    // 6 / 2,592,000; 0.15 / 2,592,000; 2 × 0.0000002675 + 0.5 × 0.00000193 = 0.0000015.
    ['product', 'running', '0.000002314815'],
    ['product', 'stored', '0.000000057870'],
    ['fly_list', 'running', '0.000001500000'],
    ['fly_list', 'stored', '0.000000057870'],
  ] as const)('the price of a second by %s, %s', (model, state, usd) => {
    expect(usdPerSecondText(model, guest(2, 512), 'iad', state)).toBe(usd)
  })
  test.each([
    ['started', 'running'],
    ['stopped', 'stored'],
    ['suspended', 'stored'],
    ['created', 'stored'],
    ['stopping', null],
    ['hibernating', null],
  ])('a machine that Fly calls %s is paid for as %s', (state, paid) => {
    expect(costStateOf(state)).toBe(paid)
  })
  test('each model says what it is, and a list price says of which day', () => {
    expect(describePriceModel('product')).toMatchObject({ label: 'product', asOf: null })
    expect(describePriceModel('product').rule).toMatch(/^vCPU × 2\.50 \+ GB × 2\.00 USD a month/)
    expect(describePriceModel('fly_list')).toMatchObject({ label: 'fly_list 2025-08-19', asOf: '2025-08-19' })
  })
  test('a region without a figure is never cheaper than a known one', () => {
    expect(monthlyCostUsd('fly_list', guest(1, 256), 'xyz')).toBe(
      monthlyCostUsd('fly_list', guest(1, 256), 'gru'),
    )
  })
  test('a month is 30 days of seconds, under both models', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('product' as const, 'fly_list' as const),
        fc.constantFrom(1, 2, 4),
        (model, cpus) => {
          const size = guest(cpus, cpus * 512)
          expect(costPerSecondUsd(model, size, 'fra') * SECONDS_PER_MONTH).toBeCloseTo(
            monthlyCostUsd(model, size, 'fra'),
            9,
          )
        },
      ),
    )
  })
})

describe('machine sizes', () => {
  test('what Fly takes has no problem', () => {
    expect(guestProblems({ cpuKind: 'shared', cpus: 2, memoryMb: 512 })).toEqual([])
    expect(guestProblems({ cpuKind: 'performance', cpus: 1, memoryMb: 2048 })).toEqual([])
  })
  test.each([
    ['below 256 MB a shared CPU', { cpuKind: 'shared' as const, cpus: 2, memoryMb: 256 }],
    ['three CPUs', { cpuKind: 'shared' as const, cpus: 3, memoryMb: 768 }],
    ['between two steps of memory', { cpuKind: 'shared' as const, cpus: 1, memoryMb: 300 }],
    ['above 2 GB a shared CPU', { cpuKind: 'shared' as const, cpus: 1, memoryMb: 4096 }],
  ])('refused: %s', (_, guest) => {
    expect(guestProblems(guest)).not.toEqual([])
  })
})
