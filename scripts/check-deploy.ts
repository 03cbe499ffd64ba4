// npm run verify -- deploy: docker-compose.yml and deploy/fly/fly.toml against their schemas (deploy/schemas).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { root } from './lib/paths.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const FILES: { file: string; schema: string; parse: (text: string) => unknown }[] = [
  {
    file: 'docker-compose.yml',
    schema: 'deploy/schemas/compose-spec.json',
    parse: (text) => parseYaml(text, { merge: true }) as unknown,
  },
  { file: 'deploy/fly/fly.toml', schema: 'deploy/schemas/fly-toml.json', parse: parseToml },
]

let wrong = 0
for (const { file, schema, parse } of FILES) {
  // The published schema says more than JSON Schema knows (`deprecated`), and names formats of its own (`duration`).
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false })
  const validate = ajv.compile(JSON.parse(read(schema)) as object)
  if (validate(parse(read(file)))) continue
  for (const { instancePath, message, params } of validate.errors ?? [])
    console.error(`${file}: ${instancePath || 'the whole'} ${message ?? ''} ${JSON.stringify(params)}`)
  wrong += 1
}
process.exitCode = wrong === 0 ? 0 : 1
