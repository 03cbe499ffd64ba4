import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@hangar/testkit/local'
import { expect, test } from '@jest/globals'
import { measureJavaScript } from './lib/page-size.ts'

test('all scripts count as they are sent, and nothing else', async () => {
  const folder = await temporaryFolder('page-size')
  try {
    await mkdir(join(folder, 'assets'))
    for (const [name, bytes] of [
      ['index-a.js', 900],
      ['index-a.js.gz', 300],
      ['index-a.js.br', 250],
      ['chart-b.js.gz', 50],
      ['index-a.css.gz', 70],
    ] as const)
      await writeFile(join(folder, 'assets', name), Buffer.alloc(bytes))
    expect(measureJavaScript(folder)).toEqual({
      bytes: 350,
      largest: [
        ['index-a.js', 300],
        ['chart-b.js', 50],
      ],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
