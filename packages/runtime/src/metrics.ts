import { readFileSync } from 'node:fs'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** A registry of the process's own (never prom-client's global one), with memory, event loop, GC, and who it is. */
export function createMetrics(options: { service: string }): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service: options.service })
  collectDefaultMetrics({ register: registry })
  const build = new Gauge({
    name: 'hangar_build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'node'],
    registers: [registry],
  })
  build.set({ version: ownVersion(), node: process.version }, 1)
  return registry
}

/** All packages of the repository have one version. */
function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}
