import { createHash } from 'node:crypto'
import type { App, Secret, SecretsVersion } from './types.ts'

/** Older versions than the last so many are dropped. */
const KEPT_VERSIONS = 5

/** Fly shows a short digest, never the value. */
const secretDigest = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, 16)

export function currentSecrets(app: App): Record<string, Secret> {
  return app.secrets?.at(-1)?.secrets ?? {}
}

/** Sets (string) and unsets (null) secrets as one new version. Unsetting a missing one is not an error. */
export function writeSecrets(
  app: App,
  values: Readonly<Record<string, string | null>>,
  at: { version: number; nowMs: number; visibleAtMs: number },
): SecretsVersion {
  const before = currentSecrets(app)
  const secrets = { ...before }
  for (const [name, value] of Object.entries(values)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a map that is dumped as JSON, copied just above
    if (value === null) delete secrets[name]
    else
      secrets[name] = {
        name,
        value,
        digest: secretDigest(value),
        createdAtMs: before[name]?.createdAtMs ?? at.nowMs,
        updatedAtMs: at.nowMs,
      }
  }
  const next: SecretsVersion = { version: at.version, visibleAtMs: at.visibleAtMs, secrets }
  app.secrets = [...(app.secrets ?? []), next].slice(-KEPT_VERSIONS)
  return next
}

/** What a machine that boots now gets: the newest version it can see, and at least `minVersion`. */
export function secretsForBoot(app: App, minVersion: number, nowMs: number): Record<string, string> {
  const versions = app.secrets ?? []
  const newest = versions.findLast((one) => one.visibleAtMs <= nowMs || one.version <= minVersion)
  const entries = Object.values(newest?.secrets ?? {})
  return Object.fromEntries(entries.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])))
}
