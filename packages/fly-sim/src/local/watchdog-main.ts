/**
 * A process of its own that outlives the stand-in by one moment: it learns on stdin which process groups the stand-in
 * started (`+pid`) and which have ended (`-pid`), and when stdin ends, because the stand-in is gone for whatever
 * reason, kill -9 included, it kills those that are left.
 */
const groups = new Set<number>()
let rest = ''

// A Ctrl-C or a stop meant for the stand-in must not end its watchdog first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    if (line.startsWith('+')) groups.add(Number(line.slice(1)))
    else if (line.startsWith('-')) groups.delete(Number(line.slice(1)))
  }
})
process.stdin.on('end', () => {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL')
    } catch {
      // Ended by itself.
    }
  }
  process.exit(0)
})
