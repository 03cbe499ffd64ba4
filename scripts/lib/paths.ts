import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A tool's own program below node_modules: started with this very Node, never through a shim in .bin. */
export const tool = (file: string): string => join(root, 'node_modules', file)
