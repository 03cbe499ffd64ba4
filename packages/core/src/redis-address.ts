/**
 * Where Redis is, in one line:
 *
 *   redis://user:password@host:6379/0                        one server
 *   redis+sentinel://user:password@host:26379,host:26379/mymaster   the master that these sentinels name
 *   redis+cluster://user:password@host:6379,host:6379        a cluster, found through any of these nodes
 *
 * `rediss…` is the same over TLS. What may stand in user and password is percent-encoded, as in any address. A database
 * other than 0 behind sentinels, and what the sentinels themselves ask for, are parameters:
 * `?db=2&sentinel_username=…&sentinel_password=…`.
 */

export type RedisNode = { host: string; port: number }

type Login = { username: string | undefined; password: string | undefined }

export type RedisAddress =
  | { kind: 'single'; url: string }
  | {
      kind: 'sentinel'
      tls: boolean
      sentinels: RedisNode[]
      /** What the sentinels call the master. */
      master: string
      db: number
      login: Login
      sentinelLogin: Login
    }
  | { kind: 'cluster'; tls: boolean; nodes: RedisNode[]; login: Login }

export const REDIS_URL_FORMS =
  'redis://host:port, redis+sentinel://host:port,host:port/master or redis+cluster://host:port,host:port; rediss… with TLS'

const MANY = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/
const NODE = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?$/i
const SENTINEL_PORT = 26_379
const REDIS_PORT = 6_379
const SENTINEL_PARAMETERS = new Set(['db', 'sentinel_username', 'sentinel_password'])

/** Null: it is none of the forms. */
export function parseRedisUrl(text: string): RedisAddress | null {
  if (/^rediss?:\/\//.test(text)) {
    return URL.canParse(text) && new URL(text).hostname !== '' ? { kind: 'single', url: text } : null
  }
  const match = MANY.exec(text)
  if (!match) return null
  const [, scheme, kind, userInfo = '', hosts = '', path = '', query = ''] = match
  const login = parseLogin(userInfo)
  const nodes = parseNodes(hosts, kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT)
  if (!login || !nodes) return null
  const tls = scheme === 'rediss'
  if (kind === 'cluster') {
    return path === '' && query === '' ? { kind, tls, nodes, login } : null
  }
  return parseSentinel({ tls, sentinels: nodes, login, path, query })
}

function parseSentinel(parts: {
  tls: boolean
  sentinels: RedisNode[]
  login: Login
  path: string
  query: string
}): RedisAddress | null {
  const { path, query, ...rest } = parts
  const master = decoded(path)
  const parameters = new URLSearchParams(query)
  const db = parameters.get('db') ?? '0'
  const isKnown = [...parameters.keys()].every((name) => SENTINEL_PARAMETERS.has(name))
  if (!master || !isKnown || !/^\d{1,4}$/.test(db)) return null
  const sentinelLogin = {
    username: parameters.get('sentinel_username') ?? undefined,
    password: parameters.get('sentinel_password') ?? undefined,
  }
  return { kind: 'sentinel', ...rest, master, db: Number(db), sentinelLogin }
}

function parseLogin(userInfo: string): Login | null {
  const [user = '', ...secret] = userInfo.split(':')
  const username = decoded(user)
  const password = decoded(secret.join(':'))
  if (username === null || password === null) return null
  return { username: username || undefined, password: password || undefined }
}

function parseNodes(hosts: string, defaultPort: number): RedisNode[] | null {
  const nodes: RedisNode[] = []
  for (const text of hosts.split(',')) {
    const [whole, host = '', port] = NODE.exec(text.trim()) ?? []
    const number = port === undefined ? defaultPort : Number(port)
    if (whole === undefined || number < 1 || number > 65_535) return null
    nodes.push({ host: host.replace(/^\[|\]$/g, ''), port: number })
  }
  return nodes
}

/** Null: a percent sign that encodes nothing. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
