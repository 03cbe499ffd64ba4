#!/usr/bin/env node
// The program `hangar`: reads its arguments, runs one command, and ends with a code that says how it went.
import { EXIT } from './exit.ts'
import { interruptSignal } from './interrupt.ts'
import { run } from './program.ts'

const { stdout, stderr, stdin } = process
// Whoever reads the result has seen enough, as `| head` has.
stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.software),
)
const signal = interruptSignal(() => process.exit(EXIT.interrupted))
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, stdin, signal })
