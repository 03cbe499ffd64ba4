/** Both channels on real receivers, as main.ts would build them, driven round by round. */
import { type ChannelName, type Database } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { type WorkerConfig, readConfig } from '../config.ts'
import { type Hook, type Mailbox, useHook, useMailbox } from '../testing/receivers.ts'
import { type Delivery, type DeliveryDeps, deliver, PACE } from './deliver.ts'
import { createChannels, redactFor } from './index.ts'

/** Each is planted into messages, and none may come out. */
export const PLANTED = {
  FLY_API_TOKEN: 'FlyV1 fm2_planted-fly-token-value',
  HANGAR_MASTER_KEY: Buffer.from('planted-master-key-of-32-bytes-!').toString('base64'),
  OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=planted-trace-key',
  ALERT_WEBHOOK_SECRET: `whsec_${Buffer.from('planted-hook-secret-24by').toString('base64')}`,
}

export type Post = {
  readonly mailbox: Mailbox
  readonly hook: Hook
  readonly config: WorkerConfig
  deps(db: Database, changes?: Partial<DeliveryDeps>): DeliveryDeps
  /** One round of a channel. */
  round(name: ChannelName, deps: DeliveryDeps): Promise<Delivery>
}

export function usePost(env: Record<string, string> = {}): Post {
  const mailbox = useMailbox()
  const hook = useHook()
  const configNow = () =>
    readConfig({
      DATABASE_URL: 'postgres://hangar:planted-db-password@localhost:5432/hangar',
      REDIS_URL: 'redis://:planted-redis-password@localhost:6379',
      FLY_ORG_SLUG: 'vyx',
      FLY_DEFAULT_REGION: 'iad',
      FLY_SCREENER_IMAGE: 'registry.example/screener:1',
      HANGAR_PUBLIC_URL: 'https://hangar.example',
      ...PLANTED,
      ALERT_SMTP_URL: mailbox.url,
      ALERT_MAIL_FROM: 'hangar@ops.example',
      ALERT_MAIL_TO: 'ada@ops.example, grace@ops.example',
      ALERT_WEBHOOK_URL: hook.url,
      ALERT_LINK_BASE_URL: 'https://hangar.example/admin',
      ...env,
    })
  return {
    mailbox,
    hook,
    get config() {
      return configNow()
    },
    deps: (db, changes = {}) => ({
      db,
      logger: createLogger({ service: 'worker', level: 'silent' }),
      owner: 'worker-a',
      routes: configNow().ALERT_ROUTES,
      redact: redactFor(configNow()),
      pace: PACE,
      ...changes,
    }),
    round: async (name, deps) => {
      const channel = createChannels(configNow()).find((one) => one.name === name)
      if (!channel) throw new Error(`there is no channel ${name}`)
      return deliver(deps, channel, new AbortController().signal)
    },
  }
}
