import { describe, expect, test } from '@jest/globals'
import { isAllowed } from './licences.ts'
import { faultsOfInstalls, faultsOfLockfile, faultsOfWorkspace } from './supply.ts'

const lockfileWith = (resolution: Record<string, unknown>, specifier = 'catalog:') => ({
  importers: { 'services/api': { dependencies: { one: { specifier, version: '1.0.0' } } } },
  packages: { 'one@1.0.0': { resolution } },
})

describe('the lockfile', () => {
  test('takes what the registry has under a checksum', () => {
    expect(faultsOfLockfile(lockfileWith({ integrity: 'sha512-abc' }))).toEqual([])
  })

  test.each<[string, Record<string, unknown>]>([
    ['no checksum', {}],
    ['a weak one', { integrity: 'sha1-abc' }],
    ['an archive from elsewhere', { integrity: 'sha512-abc', tarball: 'https://elsewhere.example/one.tgz' }],
    ['a git repository', { type: 'git', repo: 'https://elsewhere.example/one.git', commit: 'abc' }],
  ])('refuses %s', (_what, resolution) => {
    expect(faultsOfLockfile(lockfileWith(resolution))).toEqual([
      'one@1.0.0 is not from the registry under a checksum',
    ])
  })

  test.each(['^1.0.0', '~1.0.0', 'latest', 'github:somebody/one', '*'])(
    'refuses the range %s',
    (specifier) => {
      expect(faultsOfLockfile(lockfileWith({ integrity: 'sha512-abc' }, specifier))).toEqual([
        `services/api wants one as ${specifier}`,
      ])
    },
  )
})

test('the workspace keeps to exact versions that have been public for a week', () => {
  const good = {
    catalog: { one: '1.0.0' },
    minimumReleaseAge: 10_080,
    strictDepBuilds: true,
    blockExoticSubdeps: true,
  }
  expect(faultsOfWorkspace(good)).toEqual([])
  expect(faultsOfWorkspace({ ...good, catalog: { one: '^1.0.0' } })).toEqual([
    'the catalog wants one as ^1.0.0',
  ])
  expect(faultsOfWorkspace({ ...good, minimumReleaseAge: 60 })).toEqual([
    'minimumReleaseAge is less than a week',
  ])
  expect(faultsOfWorkspace({ ...good, blockExoticSubdeps: false })).toHaveLength(1)
})

test('an install without the lockfile is found, over lines too', () => {
  const good = 'RUN npx --yes pnpm install \\\n  --frozen-lockfile --prod\nRUN apt-get install --yes git'
  expect(faultsOfInstalls('Dockerfile', good)).toEqual([])
  expect(faultsOfInstalls('Dockerfile', 'RUN npm install left-pad')).toEqual([
    'Dockerfile installs without the lockfile: RUN npm install left-pad',
  ])
  expect(faultsOfInstalls('Dockerfile', 'RUN pnpm install \\\n  --prod')).toHaveLength(1)
})

test('a licence is allowed by one of its ways, or by all that hold together', () => {
  const good = ['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 OR MIT', 'MIT AND ISC']
  const bad = [
    null,
    'GPL-3.0',
    'MIT AND GPL-3.0',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE',
    'AGPL-3.0 OR GPL-3.0',
  ]
  expect(good.filter((one) => !isAllowed(one))).toEqual([])
  expect(bad.filter((one) => isAllowed(one))).toEqual([])
})
