// The page is built once and served by the API below /admin, under a policy that allows nothing inline and nothing
// from elsewhere: scripts, styles and images are files of their own.
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/admin/',
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Sizes are held by a test, gzipped and summed.
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark what must not run on a server; nothing of the page does.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log)
      },
    },
  },
})
