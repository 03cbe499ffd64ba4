import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_POLICY } from './entitlement.ts'
import { apportion, PROJECTED_USERS, type ProjectionInput, projectCosts } from './projections.ts'

fc.configureGlobal({ seed: 20_260_301 })

const plan: ProjectionInput = {
  model: 'product',
  region: 'iad',
  guests: DEFAULT_POLICY.guests,
  mix: { pro: 1 },
  revenue: null,
  users: PROJECTED_USERS,
}
const figures = (change: Partial<ProjectionInput>) =>
  projectCosts({ ...plan, ...change }).map(({ users, costUsd, revenueUsd, marginUsd }) => [
    users,
    costUsd,
    revenueUsd,
    marginUsd,
  ])

describe('projections', () => {
  test("all on pro, by the product's rule: 2 × 2.50 + 0.5 × 2.00 = 6.00 each", () => {
    expect(figures({})).toEqual([
      [10, '60.00', null, null],
      [50, '300.00', null, null],
      [100, '600.00', null, null],
      [500, '3000.00', null, null],
    ])
  })

  test('four on pro to one on elite at 7.00, with what they pay', () => {
    expect(figures({ mix: { pro: 80, elite: 20 }, revenue: { pro: '49', elite: '149.50' } })).toEqual([
      // 8 × 6 + 2 × 7 = 62; 8 × 49 + 2 × 149.50 = 691
      [10, '62.00', '691.00', '629.00'],
      // 40 × 6 + 10 × 7 = 310; 1,960 + 1,495 = 3,455
      [50, '310.00', '3455.00', '3145.00'],
      // 80 × 6 + 20 × 7 = 620; 3,920 + 2,990 = 6,910
      [100, '620.00', '6910.00', '6290.00'],
      // 400 × 6 + 100 × 7 = 3,100; 19,600 + 14,950 = 34,550
      [500, '3100.00', '34550.00', '31450.00'],
    ])
  })

  test("Fly's list price, in the region: 3.888 in iad, × 1.153846154 = 4.486 in fra", () => {
    expect(figures({ model: 'fly_list', users: [500] })).toEqual([[500, '1945.00', null, null]])
    expect(figures({ model: 'fly_list', users: [500], region: 'fra' })).toEqual([
      [500, '2245.00', null, null],
    ])
  })

  test('what is paid for less than it costs has a negative margin', () => {
    expect(figures({ users: [10], revenue: { pro: '5.99' } })).toEqual([[10, '60.00', '59.90', '-0.10']])
  })

  test('each tier by itself', () => {
    const [projection] = projectCosts({ ...plan, users: [10], mix: { pro: 1, elite: 2 } })
    // 3.33 and 6.67 users: the one left over goes to elite.
    expect(projection?.tiers).toEqual([
      { tier: 'pro', users: 3, guest: plan.guests['pro'], userUsd: '6.00', costUsd: '18.00' },
      { tier: 'elite', users: 7, guest: plan.guests['elite'], userUsd: '7.00', costUsd: '49.00' },
    ])
  })

  test('nobody is lost or made up, and nobody is more than one off their share', () => {
    const weights = fc
      .array(fc.nat(1_000), { minLength: 1, maxLength: 5 })
      .filter((all) => all.some((one) => one > 0))
    fc.assert(
      fc.property(fc.nat(100_000), weights, (total, all) => {
        const counts = apportion(total, all)
        const sum = all.reduce((a, b) => a + b, 0)
        expect(counts.reduce((a, b) => a + b, 0)).toBe(total)
        for (const [index, count] of counts.entries())
          expect(Math.abs(count - (total * (all[index] ?? 0)) / sum)).toBeLessThan(1)
      }),
    )
  })
})
