// Compares docs/openapi.json with what was released (docs/openapi.released.json) and exits 1 where a client would trip.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiDocument, findBreaks } from './lib/api-changes.ts'
import { root } from './lib/paths.ts'

const read = (name: string) => JSON.parse(readFileSync(join(root, 'docs', name), 'utf8')) as ApiDocument

const breaks = findBreaks(read('openapi.released.json'), read('openapi.json'))
if (breaks.length === 0) {
  console.log('Whoever knows the released API can use this one.')
} else {
  console.error(
    `Clients of the released API would trip over this:\n${breaks.map((one) => `  ${one}`).join('\n')}`,
  )
  process.exitCode = 1
}
