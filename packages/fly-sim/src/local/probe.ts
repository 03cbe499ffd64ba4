import { get, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { CheckResult } from '../machines/runner.ts'
import { durationMs } from '../world/durations.ts'
import type { CheckConfig } from '../world/types.ts'

type Verdict = Pick<CheckResult, 'status' | 'output'>

const DEFAULT_TIMEOUT_MS = 2_000
const SHOWN_OUTPUT = 500

/** Runs one check against a local process. */
export function probe(check: CheckConfig, port: number): Promise<Verdict> {
  const timeoutMs = durationMs(check.timeout) ?? DEFAULT_TIMEOUT_MS
  return check.type === 'http' ? probeHttp(check, port, timeoutMs) : probeTcp(port, timeoutMs)
}

function probeHttp(check: CheckConfig, port: number, timeoutMs: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: check.path ?? '/',
      method: check.method ?? 'GET',
      timeout: timeoutMs,
      agent: false,
    } as const
    const open = options.method.toUpperCase() === 'GET' ? get : httpRequest
    const asked = open(options, (response) => {
      let output = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (output = (output + chunk).slice(0, SHOWN_OUTPUT)))
      response.on('end', () => {
        const status = response.statusCode ?? 0
        resolve({
          status: status >= 200 && status < 300 ? 'passing' : 'critical',
          output: `${status}: ${output}`,
        })
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('timeout')))
    asked.on('error', (error) => resolve({ status: 'critical', output: error.message }))
    asked.end()
  })
}

function probeTcp(port: number, timeoutMs: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs })
    const end = (verdict: Verdict) => {
      socket.destroy()
      resolve(verdict)
    }
    socket.once('connect', () => end({ status: 'passing', output: 'Success' }))
    socket.once('timeout', () => end({ status: 'critical', output: 'timeout' }))
    socket.once('error', (error) => end({ status: 'critical', output: error.message }))
  })
}
