// npm run mutants: breaks one rule of Hangar at a time, in a copy of the repository, and sees to it that the test that
// holds the rule fails. `npm run mutants -- fence` runs those with "fence" in their name. First the tests run on the
// unbroken copy: a test that fails anyway catches nothing. Exit 1: a mutant survived, or is out of date.
import { parseArgs } from 'node:util'
import { systemClock } from '@hangar/core'
import { MUTANTS, type Mutant } from './mutants.ts'
import { runTests } from './run-tests.ts'
import { createSandbox, type Sandbox, StaleMutantError } from './sandbox.ts'

const EXIT_USAGE = 64

const { positionals } = parseArgs({ allowPositionals: true })
const chosen = MUTANTS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
)
if (chosen.length === 0) {
  console.error(`No mutant is called like ${positionals.join(', ')}.`)
  process.exit(EXIT_USAGE)
}
const sandbox = createSandbox()
process.once('SIGINT', () => {
  sandbox.remove()
  process.exit(130)
})
try {
  process.exitCode = (await isSound(sandbox)) ? await campaign(sandbox) : 1
} finally {
  sandbox.remove()
}

async function isSound({ folder }: Sandbox): Promise<boolean> {
  const files = [...new Set(chosen.map((mutant) => mutant.test.file))]
  console.log(`The unbroken copy: ${files.length} test files…`)
  const { failed, passed, crashed, output } = await runTests(folder, files)
  const missing = chosen.filter(({ test }) => !passed.some((name) => name.includes(test.name)))
  if (failed.length === 0 && !crashed && missing.length === 0) return true
  for (const name of failed) console.error(`fails without any mutant: ${name}`)
  for (const { name, test } of missing)
    console.error(`${name}: no test is called "${test.name}" in ${test.file}`)
  console.error(output.slice(-4_000))
  return false
}

async function campaign(sandbox: Sandbox): Promise<number> {
  const startedMs = systemClock.now().getTime()
  let survivors = 0
  for (const mutant of chosen) {
    const verdict = await judge(sandbox, mutant)
    if (!verdict.caught) survivors++
    console.log(`${verdict.caught ? 'caught  ' : 'SURVIVED'}  ${mutant.name}\n          ${verdict.how}`)
  }
  const minutes = (systemClock.now().getTime() - startedMs) / 60_000
  console.log(
    `\n${chosen.length - survivors} of ${chosen.length} mutants caught in ${minutes.toFixed(1)} minutes.`,
  )
  return survivors === 0 ? 0 : 1
}

async function judge(sandbox: Sandbox, mutant: Mutant): Promise<{ caught: boolean; how: string }> {
  try {
    const { file, name } = mutant.test
    const run = await sandbox.broken(mutant, () => runTests(sandbox.folder, [file], name))
    const [first] = run.failed
    if (first !== undefined) return { caught: true, how: `by "${first}"` }
    // Broken code that does not even load proves nothing about the rule.
    if (run.crashed)
      return { caught: false, how: `the test file could not be run:\n${run.output.slice(-2_000)}` }
    return { caught: false, how: `"${name}" still passes` }
  } catch (error) {
    if (error instanceof StaleMutantError) return { caught: false, how: error.message }
    throw error
  }
}
