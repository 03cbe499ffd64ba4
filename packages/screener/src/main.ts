// A user's dedicated screener: settings, one HTTP server, one screener, and a graceful end.
import { ConfigError, loadConfig } from './config.ts'
import { createLog } from './log.ts'
import { Screener } from './screener.ts'
import { listen } from './server.ts'
import { createShim } from './shim.ts'

async function main(): Promise<void> {
  const config = loadConfig()
  const { userId, generation, machineId, port, shutdownToken } = config
  const log = createLog({ user_id: userId, generation, machine_id: machineId })
  const screener = new Screener(config, createShim(config), log)
  await listen({ port, shutdownToken, screener })
  log('listening', { port })

  const stop = (signal: NodeJS.Signals) => {
    // A second signal does not wait: its default action, ending the process, is back in force.
    log('signal received', { signal })
    void screener.drain(signal).then(() => {
      log('exit')
      process.exit(0)
    })
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)

  await screener.run()
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  // 78 is EX_CONFIG: starting again with the same settings will not help.
  process.exit(error instanceof ConfigError ? 78 : 1)
})
