/** What each process of a local system is told: addresses on 127.0.0.1 and secrets that live as long as it does. */
import { randomBytes } from 'node:crypto'
import type { ServiceName } from './programs.ts'
import { SCREENER_IMAGE } from './programs.ts'

export type Addresses = {
  databaseUrl: string
  redisUrl: string
  queuePrefix: string
  /** The stand-in for Supabase Auth; without it nobody signs in by password. */
  supabaseUrl?: string
  ports: Readonly<Record<ServiceName | 'flySim', number>>
}

export type Secrets = {
  masterKey: string
  webhookSecret: string
  serviceRoleKey: string
  sharedToken: string
  flyToken: string
}

/** Who may sign in to a local system's page, all with the stack's one password. Their rows are in auth.users. */
export const DEMO_ADMINS = {
  viewer: 'viewer@demo.hangar.test',
  operator: 'operator@demo.hangar.test',
  admin: 'admin@demo.hangar.test',
} as const

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
        ...(addresses.supabaseUrl === undefined ? {} : { SUPABASE_URL: addresses.supabaseUrl }),
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
