import { HangarError } from '@hangar/core'
import type { Request, RequestHandler } from 'express'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a change is asked for by our own page, and not by another site's with the visitor's cookie. Every current
 * browser sends `Sec-Fetch-Site`, and sends `Origin` with anything but a GET; a caller with neither header is no browser
 * and so carries nobody's cookie by accident. The cookie is SameSite=Strict besides.
 */
export function isSameOrigin(request: Request, publicUrl: URL): boolean {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = request.get('origin')
  return origin === undefined || origin === publicUrl.origin || hostOf(origin) === request.get('host')
}

/** Refuses every other change, whoever asks. */
export function sameOriginOnly(publicUrl: URL): RequestHandler {
  return (request, _response, next) => {
    if (!READING.has(request.method) && !isSameOrigin(request, publicUrl))
      throw new HangarError('csrf_failed', { operator: 'a change from another site was refused' })
    next()
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
