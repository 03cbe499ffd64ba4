// Loaded before every program that run.mjs hands over to: when run.mjs is gone, even by SIGKILL, the program is
// asked to stop, as a Ctrl-C would have asked it.
const CHECK_MS = 500
const parent = process.ppid

const check = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(check)
  process.kill(process.pid, 'SIGTERM')
}, CHECK_MS)
check.unref()
