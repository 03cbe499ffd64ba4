/** Where alerts go. Nothing is set by default, and then they are only in the database and behind GET /v1/alerts. */
import { ALERT_SEVERITIES, type AlertSeverity } from '@hangar/core'
import type { ChannelName } from '@hangar/db'
import { z } from 'zod'

const CHANNELS = ['mail', 'webhook'] as const satisfies ChannelName[]

export type Routes = Record<AlertSeverity, ChannelName[]>

/** `critical:mail+webhook,warning:mail`: what is left out is told to nobody. */
const routes = z
  .string()
  .default('critical:mail+webhook,warning:mail+webhook')
  .transform((text, context): Routes => {
    const parsed: Routes = { info: [], warning: [], critical: [] }
    for (const route of text.split(',').filter((part) => part.trim() !== '')) {
      const [severity = '', names = ''] = route.split(':').map((part) => part.trim())
      const channels = names.split('+').filter(Boolean)
      const isKnown = (ALERT_SEVERITIES as readonly string[]).includes(severity)
      if (isKnown && channels.every((name) => (CHANNELS as readonly string[]).includes(name)))
        parsed[severity as AlertSeverity] = channels as ChannelName[]
      else
        context.addIssue({
          code: 'custom',
          message: 'write it as critical:mail+webhook,warning:mail, with info, warning and critical',
        })
    }
    return parsed
  })

const addresses = z.string().transform((text, context) => {
  const list = text.split(',').map((address) => address.trim())
  if (list.every((address) => z.email().safeParse(address).success)) return list
  context.addIssue({ code: 'custom', message: 'write it as one address, or several with a comma between' })
  return z.NEVER
})

/** While one replaces another each delivery is signed with both, and the receiver may know either. */
const signingSecrets = z.string().transform((text, context) => {
  const secrets = text.split('|').map((secret) => secret.trim())
  if (secrets.length <= 2 && secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)))
    return secrets
  context.addIssue({
    code: 'custom',
    message: 'write it as whsec_<base64 of at least 24 bytes>; two with | between',
  })
  return z.NEVER
})

export const notifyFields = {
  /** Holds the password. With one, STARTTLS is insisted on, unless the server is on this very machine. */
  ALERT_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'write it as smtp://user:password@host:587, or smtps://…' })
    .optional(),
  ALERT_MAIL_FROM: z.email().optional(),
  ALERT_MAIL_TO: addresses.optional(),
  /** Takes `{"text", "blocks"}` as Slack does. Whoever knows the address may post there, so it is a secret too. */
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Signs each delivery as Standard Webhooks says. Not set: not signed, as for Slack itself. */
  ALERT_WEBHOOK_SECRET: signingSecrets.optional(),
  ALERT_ROUTES: routes,
  /** Where whoever reads an alert goes on reading; stands in each message as it is. */
  ALERT_LINK_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
}

/** A half-made mail channel would be found out when the first alert does not arrive. */
export const MAIL_NEEDS = ['ALERT_MAIL_FROM', 'ALERT_MAIL_TO'] as const
