/**
 * The rules that keep the engine safe, each broken in the smallest way, and the test that holds it. A mutant is text
 * that stands exactly once in its file; when the code moves on, the mutant is reported as out of date, not passed over.
 */
import { DEED_MUTANTS } from './deeds.ts'
import { WORK_MUTANTS } from './work.ts'

export type Mutant = {
  name: string
  file: string
  find: string
  replace: string
  /** The test that must fail: its file, and a part of its full name. */
  test: { file: string; name: string }
}

export const MUTANTS: readonly Mutant[] = [...WORK_MUTANTS, ...DEED_MUTANTS]
