/**
 * `/admin`: the dashboard, as `npm run build` left it in web/admin/dist. The program in the browser reads the address by
 * itself, so every address below /admin that is not a file answers with the same page. What Vite named after its own
 * content may be kept for ever; the page that names those files is asked for anew each time.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Router, type Request, type RequestHandler, type Response } from 'express'
import { NOT_BUILT } from './not-built.ts'

/** The folder is looked at anew for each request: a build may come while the API runs. */
const BUILT_PAGE = fileURLToPath(new URL('../../../../../../web/admin/dist', import.meta.url))

const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

/** What the build wrote beside each file, best first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** A name of a file in one folder: no way up or down from there. */
const FILE_NAME = /^[\w-][\w.-]*$/

export function adminPage(folder = BUILT_PAGE): Router {
  const router = Router()
  const readOnly: RequestHandler = (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') next()
    else next('router')
  }
  router.use(readOnly)
  router.get('/assets/:file', (request, response, next) => {
    const { file } = request.params
    const path = join(folder, 'assets', file)
    if (!FILE_NAME.test(file) || !isFile(path)) {
      // A page from before the last build asks for its old files: it must not take the new page for one of them.
      next('router')
      return
    }
    sendBuilt(request, response, path, FOR_EVER)
  })
  router.get(/.*/, (request, response) => {
    const name = request.path.slice(1)
    const own = FILE_NAME.test(name) && listOwn(folder).includes(name)
    const path = join(folder, own ? name : 'index.html')
    if (isFile(path)) sendBuilt(request, response, path, ASK_AGAIN)
    else response.status(503).set('cache-control', 'no-store').type('html').send(NOT_BUILT)
  })
  return router
}

/** The files beside the page, such as its icon. */
function listOwn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => !ENCODINGS.some(([, ending]) => name.endsWith(ending)))
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function sendBuilt(request: Request, response: Response, path: string, cacheControl: string): void {
  const [encoding, ending] = ENCODINGS.find(([name]) => request.acceptsEncodings(name) === name) ?? ['', '']
  const compressed = ending !== '' && isFile(`${path}${ending}`)
  response.type(extname(path)).set({ 'cache-control': cacheControl, vary: 'Accept-Encoding' })
  if (compressed) response.set('content-encoding', encoding)
  response.sendFile(compressed ? `${path}${ending}` : path, { cacheControl: false })
}
