import { describe, expect, test } from '@jest/globals'
import { parseRedisUrl } from './redis-address.ts'

const nobody = { username: undefined, password: undefined }

describe('an address of Redis', () => {
  test.each(['redis://localhost:6379', 'rediss://user:secret@redis.example:6380/2', 'redis://:secret@[::1]'])(
    'of one server is taken as it is: %s',
    (url) => {
      expect(parseRedisUrl(url)).toEqual({ kind: 'single', url })
    },
  )

  test('with sentinels names them all, the master and who logs in where', () => {
    expect(
      parseRedisUrl(
        'rediss+sentinel://app:p%40ss:1@a.example:26380,b.example,[fd00::1]:26381/main?db=3&sentinel_password=s%2Fx',
      ),
    ).toEqual({
      kind: 'sentinel',
      tls: true,
      sentinels: [
        { host: 'a.example', port: 26_380 },
        { host: 'b.example', port: 26_379 },
        { host: 'fd00::1', port: 26_381 },
      ],
      master: 'main',
      db: 3,
      login: { username: 'app', password: 'p@ss:1' },
      sentinelLogin: { username: undefined, password: 's/x' },
    })
  })

  test('of a cluster names the nodes to begin with', () => {
    expect(parseRedisUrl('redis+cluster://10.0.0.1:7000,10.0.0.2')).toEqual({
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: '10.0.0.1', port: 7000 },
        { host: '10.0.0.2', port: 6379 },
      ],
      login: nobody,
    })
  })

  test.each([
    'http://localhost',
    'redis://',
    'redis+sentinel://host:26379',
    'redis+sentinel://host:26379/',
    'redis+sentinel://host:70000/main',
    'redis+sentinel://host,/main',
    'redis+sentinel://host/main?database=1',
    'redis+sentinel://host/main?db=x',
    'redis+sentinel://user:100%@host/main',
    // A cluster has one database, number 0.
    'redis+cluster://host:6379/1',
    'redis+cluster://host:6379?db=1',
    'redis+sharded://host:6379',
  ])('is refused: %s', (url) => {
    expect(parseRedisUrl(url)).toBeNull()
  })
})
