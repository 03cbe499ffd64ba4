import { type Answer, created, invalidArgument, notFound, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { isObject } from '../http/decode.ts'
import type { Route } from '../http/router.ts'
import { isoTime } from '../machines/view.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import { currentSecrets, writeSecrets } from '../world/secrets.ts'
import type { App, Secret, SecretsVersion } from '../world/types.ts'
import { appOf } from './lookup.ts'

const ALL = '/v1/apps/:app/secrets'
const ONE = `${ALL}/:secret`

export const secretRoutes: Route[] = [
  { operation: 'secrets.list', method: 'GET', path: ALL, family: 'machines', handle: list },
  { operation: 'secrets.set', method: 'POST', path: ALL, family: 'machines', handle: setMany },
  { operation: 'secrets.get', method: 'GET', path: ONE, family: 'machines', handle: getOne },
  { operation: 'secrets.set_one', method: 'POST', path: ONE, family: 'machines', handle: setOne },
  { operation: 'secrets.delete', method: 'DELETE', path: ONE, family: 'machines', handle: deleteOne },
]

const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u

function list(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  checkMinVersion(app, call)
  return ok({ secrets: Object.values(currentSecrets(app)).map(secretView) })
}

function getOne(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  checkMinVersion(app, call)
  const secret = currentSecrets(app)[call.param('secret')]
  if (!secret) throw notFound('secret')
  return ok(secretView(secret))
}

function setMany(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  const values = call.body('main.appSecretsUpdateRequest').raw['values']
  if (!isObject(values)) throw invalidArgument('values is required')
  for (const [name, value] of Object.entries(values)) {
    checkName(name)
    if (value !== null && typeof value !== 'string')
      throw invalidArgument(`value of ${name} must be a string or null`)
  }
  const written = write(sim, app, values as Record<string, string | null>)
  const secrets = Object.values(written.secrets).map(secretView)
  return ok({ secrets, version: written.version, Version: written.version })
}

function setOne(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  const name = call.param('secret')
  checkName(name)
  const value = call.body('main.setAppSecretRequest').string('value')
  if (value === undefined) throw invalidArgument('value is required')
  const written = write(sim, app, { [name]: value })
  const secret = written.secrets[name]
  return created({ ...(secret && secretView(secret)), version: written.version, Version: written.version })
}

function deleteOne(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  const { version } = write(sim, app, { [call.param('secret')]: null })
  return ok({ version, Version: version })
}

function write(sim: Sim, app: App, values: Record<string, string | null>): SecretsVersion {
  const nowMs = sim.clock.nowMs()
  const visibleAtMs = nowMs + draw(sim.delays.secretsVisibleMs, sim.random)
  return writeSecrets(app, values, { version: sim.world.nextSecretsVersion++, nowMs, visibleAtMs })
}

function checkName(name: string): void {
  if (!SECRET_NAME.test(name)) throw invalidArgument(`secret name ${JSON.stringify(name)} is not valid`)
}

/** fly-go sends `version`, the spec says `min_version`. A version from the future cannot be shown. */
function checkMinVersion(app: App, call: Call): void {
  const asked = Number(call.query.get('min_version') ?? call.query.get('version') ?? 0)
  const newest = app.secrets?.at(-1)?.version ?? 0
  if (asked > newest) throw invalidArgument(`secrets version ${asked} is not known`)
}

/** The value is never shown, not even with show_secrets. */
const secretView = (secret: Secret) => ({
  name: secret.name,
  digest: secret.digest,
  created_at: isoTime(secret.createdAtMs),
  updated_at: isoTime(secret.updatedAtMs),
})
