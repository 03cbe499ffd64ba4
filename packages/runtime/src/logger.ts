import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'
import { redactJsonLine } from './redact.ts'

export type Logger = PinoLogger

/**
 * JSON lines on stdout, written at once, so that a process that is killed has said what it knew. Every finished
 * line passes the redaction, child loggers and stack traces included.
 */
export function createLogger(options: {
  service: string
  level: string
  destination?: DestinationStream
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redactJsonLine },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  )
}
