import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Helmet with a policy that lets nothing come from or go elsewhere. Styles may be inline: Bull Board's page and our
 * sign-in page carry theirs. Over plain http (local use) browsers must not be told to insist on https.
 */
export function securityHeaders(publicUrl: URL): RequestHandler {
  const https = publicUrl.protocol === 'https:'
  return helmet({
    strictTransportSecurity: https,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
  })
}
