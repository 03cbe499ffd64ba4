// npm run generate: writes every generated file anew. With `--verify` it writes nothing and exits 1 on a difference.
import { join } from 'node:path'
import { root } from './lib/paths.ts'
import { runTool } from './lib/run-tool.ts'

const GENERATORS = [
  'generate-schema.ts',
  'generate-db-types.ts',
  'generate-fly-errors.ts',
  'generate-fidelity.ts',
  'generate-app-lifecycle.ts',
  'generate-openapi.ts',
  // After it: made from what it wrote.
  'generate-page-types.ts',
  'generate-cli-docs.ts',
  'generate-metrics.ts',
  'generate-licences.ts',
  'generate-settings.ts',
]

for (const generator of GENERATORS) {
  const code = await runTool(join(root, 'scripts', generator), process.argv.slice(2))
  if (code !== 0) process.exitCode = 1
}
