// A small app for the tests of local processes: serves what it was given, obeys or ignores SIGTERM.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const [, , mode = 'obey'] = process.argv
// What a local process is given is the very thing under test.
// eslint-disable-next-line no-restricted-properties
const env = process.env

const child =
  mode === 'parent'
    ? spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    : null

process.on('SIGTERM', () => {
  process.stdout.write('got SIGTERM\n')
  if (mode !== 'ignore') process.exit(0)
})

const server = createServer((request, response) => {
  if (request.url === '/exit') process.exit(3)
  void text(request).then((body) => {
    response.writeHead(request.url === '/sick' ? 500 : 200, {
      'content-type': 'application/json',
      'x-app': 'yes',
    })
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        body,
        env,
        pid: process.pid,
        child: child?.pid ?? null,
      }),
    )
  })
})
server.listen(Number(env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'))
