import { expect, test } from '@jest/globals'
import { judgeAudit } from './audit.ts'

const advisory = (severity: string) => ({
  module_name: 'left-pad',
  severity,
  title: 'pads too far',
  vulnerable_versions: '<1.3.0',
  patched_versions: '>=1.3.0',
})
const answer = (...severities: string[]) =>
  JSON.stringify({ advisories: Object.fromEntries(severities.map((one, index) => [index, advisory(one)])) })

test('high and critical findings stop a release, and say what cures them; lesser ones are counted', () => {
  expect(judgeAudit(answer('low', 'high', 'moderate', 'critical'))).toEqual({
    kind: 'judged',
    stopping: [
      'high: left-pad <1.3.0: pads too far, cured in >=1.3.0',
      'critical: left-pad <1.3.0: pads too far, cured in >=1.3.0',
    ],
    lesser: 2,
  })
  expect(judgeAudit(answer())).toEqual({ kind: 'judged', stopping: [], lesser: 0 })
})

test('no answer is not taken for a good one', () => {
  const refused = JSON.stringify({
    error: { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE', message: 'responded with 405' },
  })
  expect(judgeAudit(refused)).toEqual({ kind: 'no_answer', why: 'responded with 405' })
  expect(judgeAudit('npm error network\ngetaddrinfo ENOTFOUND')).toEqual({
    kind: 'no_answer',
    why: 'getaddrinfo ENOTFOUND',
  })
  expect(judgeAudit('')).toMatchObject({ kind: 'no_answer' })
})
