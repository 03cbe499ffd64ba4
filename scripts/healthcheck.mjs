// The container's health check: 0 when the process in it says it is alive, else 1.
// Plain JavaScript on Node alone, because it is started every few seconds and must be quick.
const port = process.env.PORT ?? '8080'
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) })
  process.exitCode = response.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
