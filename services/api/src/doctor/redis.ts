/** What the doctor sees of Redis. */
import { finding, type Finding } from '@hangar/core'
import { withinMs } from '@hangar/jobs'
import type { ApiDeps } from '../deps.ts'

const TIMEOUT_MS = 2_000
/** What BullMQ asks for. */
const OLDEST: readonly [number, number] = [6, 2]

export async function examineRedis({ queues }: Pick<ApiDeps, 'queues'>): Promise<Finding[]> {
  let text: string
  try {
    text = await withinMs(queues.redis.info(), TIMEOUT_MS, 'Redis did not answer')
  } catch {
    return [finding('redis_unreachable', 'The API does not reach Redis.')]
  }
  const facts = parseInfo(text)
  const [major = 0, minor = 0] = (facts.get('redis_version') ?? '').split('.').map(Number)
  const named = facts.has('valkey_version')
    ? `Valkey ${facts.get('valkey_version')}`
    : `Redis ${facts.get('redis_version')}`
  const findings = [finding('redis_answers', `${named} answers.`)]
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    findings.push(finding('redis_too_old', `It is ${named}.`))
  const policy = facts.get('maxmemory_policy') ?? 'unknown'
  if (policy !== 'noeviction') findings.push(finding('redis_evicts', `Its maxmemory-policy is ${policy}.`))
  if (facts.get('aof_enabled') !== '1')
    findings.push(finding('redis_forgets', 'It writes no append-only file.'))
  return findings
}

/** The answer to INFO: `name:value` on each line, under headings. */
function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
}
