import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Helmet, with a policy under which nothing comes from or goes elsewhere, and no script or style stands in a page
 * itself. `styles` is what a page needs besides. Over plain http (local use) browsers must not be told to insist on
 * https.
 */
export function securityHeaders(publicUrl: URL, styles: readonly string[] = []): RequestHandler {
  const https = publicUrl.protocol === 'https:'
  return helmet({
    strictTransportSecurity: https,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", ...styles],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
  })
}

/** Lets a page carry exactly this style. */
export function styleHash(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`
}
