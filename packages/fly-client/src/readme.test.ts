import { expect, test } from '@jest/globals'

import { readmeWithErrors } from './testing/errors-table.ts'

test('the table of errors in the README is the one in the code (npm run generate writes it)', () => {
  const { actual, wanted } = readmeWithErrors()
  expect(actual).toBe(wanted)
})
