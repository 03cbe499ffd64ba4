import { HangarError } from '@hangar/core'
import type { RequestHandler } from 'express'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a change that another site's page makes with the visitor's cookie. Every current browser sends
 * `Sec-Fetch-Site`, and sends `Origin` with anything but a GET; a caller with neither header is no browser and so
 * carries nobody's cookie by accident. The cookie is SameSite=Strict besides.
 */
export function sameOriginOnly(publicUrl: URL): RequestHandler {
  return (request, _response, next) => {
    if (READING.has(request.method)) {
      next()
      return
    }
    const site = request.get('sec-fetch-site')
    const origin = request.get('origin')
    const allowed =
      site === undefined
        ? origin === undefined || origin === publicUrl.origin || hostOf(origin) === request.get('host')
        : site === 'same-origin' || site === 'none'
    if (!allowed) throw new HangarError('forbidden', { operator: 'a change from another site was refused' })
    next()
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
