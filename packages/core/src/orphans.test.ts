import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { ownershipMetadata } from './names.ts'
import { type AppOnFly, judgeOrphan, whyKept } from './orphans.ts'

const installationId = randomUUID()
const ownership = { installationId, userId: randomUUID(), generation: 2 }
const closed = { ownership, network: 'vyx-user-a' }

const bearing = (change: Partial<typeof ownership> = {}) => ({
  id: 'm1',
  metadata: ownershipMetadata({ ...ownership, ...change }),
})
const unmarked = { id: 'm2', metadata: { made_by: 'hand' } }
const unseen = { id: 'm3', metadata: undefined }
const staging = bearing({ installationId: randomUUID() })
const app = (machines: AppOnFly['machines'], network: string | null = 'vyx-user-a'): AppOnFly => ({
  network,
  machines,
})

describe('whose an app is that no live row explains', () => {
  test.each([
    ['no machine, on the network of the row', app([]), 'dead_row'],
    ['no machine, on another network', app([], 'default'), 'foreign'],
    ['no machine, on a network that is not shown', app([], null), 'foreign'],
    ["machines of the row's generation, on a network that is not shown", app([bearing()], null), 'dead_row'],
    ['one of two machines bears no mark, on another network', app([bearing(), unmarked], 'x'), 'foreign'],
    [
      'a machine of the generation before, on another network',
      app([bearing({ generation: 1 })], 'x'),
      'foreign',
    ],
    ['a machine made by hand, on the network of the row', app([unmarked]), 'dead_row'],
    ["another installation's machine, whatever the network", app([bearing(), staging]), 'foreign'],
  ])('a name that a closed row held: %s', (_, found, kind) => {
    expect(judgeOrphan(found, closed, installationId)).toEqual({ kind })
  })

  test.each([
    ['no machine', app([]), 'foreign'],
    ['unmarked machines', app([unmarked, unseen]), 'foreign'],
    ["another installation's", app([staging]), 'foreign'],
    ["ours and another installation's", app([bearing(), staging]), 'foreign'],
    ['ours', app([bearing(), bearing()]), 'unknown_name'],
  ])('a name that no row held: %s', (_, found, kind) => {
    expect(judgeOrphan(found, null, installationId)).toMatchObject({ kind })
  })

  test('whose an unknown app is: only where all its machines say the same', () => {
    const whose = (...machines: AppOnFly['machines']) => judgeOrphan(app(machines), null, installationId)
    expect(whose(bearing(), bearing())).toEqual({ kind: 'unknown_name', ownership })
    for (const other of [bearing({ generation: 3 }), bearing({ userId: randomUUID() }), unmarked, unseen])
      expect(whose(bearing(), other)).toEqual({ kind: 'unknown_name', ownership: null })
  })
})

describe('what keeps an app from being deleted', () => {
  const dead = { kind: 'dead_row', requested: false } as const
  test.each([
    ['its own machine on its own network', app([bearing()]), dead, null],
    ['no machine, its own network', app([]), dead, null],
    ['a network that is not shown', app([bearing()], null), dead, 'its network is not shown'],
    ['another network', app([bearing()], 'default'), dead, 'its network is default'],
    ['another generation', app([bearing({ generation: 3 })]), dead, 'machine m1 bears another mark'],
    ['a machine made by hand', app([bearing(), unmarked]), dead, 'machine m2 bears no mark of ours'],
    ['a machine that cannot be seen', app([unseen]), dead, 'machine m3 bears no mark of ours'],
    ['by hand, and asked for', app([bearing(), unmarked]), { ...dead, requested: true }, null],
    [
      'another installation, and asked for',
      app([staging]),
      { ...dead, requested: true },
      'machine m1 bears another mark',
    ],
  ])('%s', (_, found, by, why) => {
    expect(whyKept(found, closed, by)).toBe(why)
  })

  test('of a name that no row held, only a mark is proof', () => {
    const asked = { kind: 'unknown_name', requested: true } as const
    expect(whyKept(app([bearing()]), closed, asked)).toBeNull()
    expect(whyKept(app([]), closed, asked)).toBe('no machine bears our mark')
    expect(whyKept(app([unmarked]), closed, asked)).toBe('no machine bears our mark')
  })
})
