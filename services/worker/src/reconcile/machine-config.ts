/** What a user's machine is made with: the one place that knows, for whoever makes it and whoever compares it. */
import { type Guest, ownershipMetadata } from '@hangar/core'
import type { AppRow } from '@hangar/db'
import type { MachineConfig } from '@hangar/fly-client'
import type { ReconcileSettings } from './deps.ts'

/** The port every app listens on. */
const APP_PORT = 8080

/** The whole configuration of a user's machine. No services: it has no public address, and nothing stops it idle. */
export function machineConfig(settings: ReconcileSettings, row: AppRow, guest: Guest): MachineConfig {
  const killAfterSeconds = Math.ceil(settings.drainGraceMs / 1000) + 5
  const { installationId } = settings
  return {
    image: row.image,
    guest: { cpu_kind: guest.cpuKind, cpus: guest.cpus, memory_mb: guest.memoryMb },
    env: {
      USER_ID: row.userId,
      RUN_MODE: 'user_dedicated',
      HANGAR_URL: settings.publicUrl,
      HANGAR_GENERATION: String(row.generation),
      PORT: String(APP_PORT),
      HANGAR_DRAIN_GRACE_MS: String(settings.drainGraceMs),
    },
    restart: { policy: 'always' },
    // Fly's default of 5 s would cut the drain short (facts: kill timeout, default 5 s, at most 300 s).
    stop_config: { signal: 'SIGTERM', timeout: `${killAfterSeconds}s` },
    metadata: ownershipMetadata({ installationId, userId: row.userId, generation: row.generation }),
    // Proof of health for an image that sends no heartbeats; it routes nothing and restarts nothing.
    checks: {
      health: {
        type: 'http',
        port: APP_PORT,
        path: '/health',
        interval: '15s',
        timeout: '5s',
        grace_period: '10s',
      },
    },
  }
}
