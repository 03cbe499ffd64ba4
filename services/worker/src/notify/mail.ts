/** Alerts by mail, plain text, one connection for each message. */
import { createTransport } from 'nodemailer'
import type { Channel } from './channel.ts'
import { renderSubject, renderText, type Rendering } from './render.ts'

/** nodemailer bounds each phase by itself; a server that answers a byte at a time is bounded by us. */
const PHASE_TIMEOUT_MS = 10_000
const TIMEOUT_MS = 30_000

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export type MailSettings = { smtpUrl: string; from: string; to: readonly string[] }

export function mailChannel({ smtpUrl, from, to }: MailSettings, rendering: Rendering): Channel {
  const url = new URL(smtpUrl)
  const secure = url.protocol === 'smtps:'
  const auth = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : undefined
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    ...(auth && { auth }),
    // A password never goes over a wire that others may listen to.
    requireTLS: auth !== undefined && !LOOPBACK.has(url.hostname),
    connectionTimeout: PHASE_TIMEOUT_MS,
    greetingTimeout: PHASE_TIMEOUT_MS,
    socketTimeout: PHASE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return {
    name: 'mail',
    send: async ({ id, createdAt, digest }, signal) => {
      const sent = transport.sendMail({
        from: { name: 'Hangar', address: from },
        to: [...to],
        subject: renderSubject(digest, rendering),
        text: renderText(digest, rendering),
        messageId: `<${id}@${domain}>`,
        date: createdAt,
        list: { id: { url: `alerts.${rendering.from}.hangar`, comment: `Hangar ${rendering.from}` } },
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      const bound = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
      const { rejected } = (await withinBound(sent, bound)) as { rejected: string[] }
      return rejected.length === 0 ? {} : { refused: tellRefused(rejected, to.length) }
    },
  }
}

/** A server that takes the mail for one recipient refuses the others without an error. */
function tellRefused(rejected: readonly string[], total: number): string {
  const domains = [...new Set(rejected.map((address) => address.slice(address.lastIndexOf('@') + 1)))]
  return `the mail server refuses ${rejected.length} of ${total} recipients of alerts, at ${domains.join(', ')}`
}

/** The connection itself cannot be called back. Should its mail still go out, the next attempt has the same id. */
function withinBound<Info>(sent: Promise<Info>, signal: AbortSignal): Promise<Info> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    sent.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
