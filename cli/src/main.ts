#!/usr/bin/env node
// The program `hangar`: reads its arguments, runs one command, and ends with a code that says how it went.
import { run } from './program.ts'

const interrupt = new AbortController()
// The second Ctrl-C ends it as usual.
process.once('SIGINT', () => interrupt.abort())
process.once('SIGTERM', () => interrupt.abort())
// Whoever reads the result has seen enough, as `| head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74))

const { stdout, stderr, stdin } = process
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, stdin, signal: interrupt.signal })
