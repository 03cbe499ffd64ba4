/** What each process of a local system is told: addresses on 127.0.0.1 and secrets that live as long as it does. */
import { createHmac, randomBytes } from 'node:crypto'
import type { ServiceName } from './programs.ts'
import { SCREENER_IMAGE } from './programs.ts'

export type Addresses = {
  databaseUrl: string
  redisUrl: string
  queuePrefix: string
  ports: Readonly<Record<ServiceName | 'flySim', number>>
}

export type Secrets = {
  masterKey: string
  webhookSecret: string
  serviceRoleKey: string
  jwtSecret: string
  sharedToken: string
  flyToken: string
}

/** `confirmed` only where something plays the shared backend: nobody else lets a user's traders go. */
export type Handover = 'confirmed' | 'immediate'

const FLY_ORG = 'hangar-local'
const FLY_REGION = 'iad'

export function newSecrets(): Secrets {
  const random = () => randomBytes(32)
  return {
    masterKey: random().toString('base64'),
    webhookSecret: `whsec_${random().toString('base64')}`,
    serviceRoleKey: `sb_secret_${random().toString('hex')}`,
    jwtSecret: random().toString('hex'),
    sharedToken: random().toString('hex'),
    flyToken: `local-${random().toString('hex')}`,
  }
}

const local = (port: number) => `http://127.0.0.1:${port}`

export const urlOf = (addresses: Addresses, name: ServiceName | 'flySim'): string =>
  local(addresses.ports[name])

export const webhookUrl = (addresses: Addresses): string => `${urlOf(addresses, 'api')}/webhooks/supabase`

/** The environment of one service: what is ours, and of this process's own only what programs need to run at all. */
export function serviceEnvironment(
  name: ServiceName,
  addresses: Addresses,
  secrets: Secrets,
  handover: Handover = 'immediate',
): Record<string, string> {
  const common = {
    ...inherited(),
    DATABASE_URL: addresses.databaseUrl,
    REDIS_URL: addresses.redisUrl,
    HANGAR_QUEUE_PREFIX: addresses.queuePrefix,
    PORT: String(addresses.ports[name]),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  }
  const identity = { HANGAR_MASTER_KEY: secrets.masterKey, HANGAR_PUBLIC_URL: urlOf(addresses, 'api') }
  switch (name) {
    case 'api':
      return {
        ...common,
        ...identity,
        HANGAR_WEBHOOK_SECRET: secrets.webhookSecret,
        SUPABASE_SERVICE_ROLE_KEY: secrets.serviceRoleKey,
        SUPABASE_JWT_SECRET: secrets.jwtSecret,
        PLACEMENT_HANDOVER: handover,
        HANGAR_SHARED_TOKEN: secrets.sharedToken,
      }
    case 'worker':
      return {
        ...common,
        ...identity,
        FLY_API_BASE_URL: urlOf(addresses, 'flySim'),
        FLY_API_TOKEN: secrets.flyToken,
        FLY_ORG_SLUG: FLY_ORG,
        FLY_DEFAULT_REGION: FLY_REGION,
        FLY_SCREENER_IMAGE: SCREENER_IMAGE,
        DRAIN_URL_TEMPLATE: `${urlOf(addresses, 'flySim')}/_app/{app}/shutdown`,
      }
    case 'scheduler':
      return common
  }
}

export function flySimArguments(addresses: Addresses, secrets: Secrets): string[] {
  return ['--port', String(addresses.ports.flySim), '--org', FLY_ORG, '--token', secrets.flyToken]
}

/** A setting of the developer's shell (an RETRY_BASE_MS, say) must not change what a demo shows. */
export function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** A Supabase access token of an admin, as the local system's JWT secret signs it. */
export function adminAccessToken(secrets: Secrets, validSeconds: number): string {
  const nowSeconds = Math.floor(Date.now() / 1_000)
  const claims = {
    sub: '00000000-0000-4000-8000-000000000001',
    email: 'admin@example.test',
    role: 'authenticated',
    aud: 'authenticated',
    app_metadata: { role: 'admin' },
    iat: nowSeconds,
    exp: nowSeconds + validSeconds,
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${content}.${createHmac('sha256', secrets.jwtSecret).update(content).digest('base64url')}`
}
