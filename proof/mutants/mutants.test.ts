/** A mutant whose code has moved on breaks nothing, and holds nothing: told here every day, not in the next campaign. */
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { MUTANTS } from './mutants.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

test.each(MUTANTS)('$name: what it breaks is there once, and so is the file of its test', (mutant) => {
  expect(read(mutant.file).split(mutant.find)).toHaveLength(2)
  expect(read(mutant.test.file)).not.toBe('')
})
