import { z } from 'zod'

/**
 * One secret, or two with a vertical bar between while one replaces the other. Where only one can be used, as for what we
 * send, it is the first.
 */
export const rotatingSecret = (minLength: number) =>
  z.string().transform((text, context) => {
    const secrets = text.split('|').map((secret) => secret.trim())
    if (secrets.length <= 2 && secrets.every((secret) => secret.length >= minLength)) return secrets
    context.addIssue({
      code: 'custom',
      message: `needs at least ${minLength} characters; while one replaces another, both with | between`,
    })
    return z.NEVER
  })
