/** Where alerts arrive in tests: a real SMTP server with an inbox, and a real HTTP receiver. Both can be made to fail. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type Mail = Email & { raw: string; recipients: string[] }

export type Mailbox = {
  readonly url: string
  readonly mails: Mail[]
  /** What it answers to a mail; null: it takes it. */
  refusal: { code: number; text: string } | null
  /** It takes mail for everybody but these. */
  refusedRecipients: string[]
  /** It takes what is sent and never answers. */
  hangs: boolean
}

/** With credentials, and without TLS, which is allowed on this machine only. */
export function useMailbox(auth = { user: 'hangar', pass: 'smtp-pass%word-1' }): Mailbox {
  const state = { refusal: null as Mailbox['refusal'], refusedRecipients: [] as string[], hangs: false }
  const mails: Mail[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 200,
    logger: false,
    onAuth: ({ username, password }, _session, callback) =>
      username === auth.user && password === auth.pass
        ? callback(null, { user: username })
        : callback(new Error('wrong password')),
    onRcptTo: ({ address }, _session, callback) =>
      callback(
        state.refusedRecipients.includes(address)
          ? Object.assign(new Error('no such user'), { responseCode: 550 })
          : null,
      ),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (state.hangs) return
        if (state.refusal) {
          callback(Object.assign(new Error(state.refusal.text), { responseCode: state.refusal.code }))
          return
        }
        const raw = Buffer.concat(chunks).toString()
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        void PostalMime.parse(raw).then((mail) => {
          mails.push({ ...mail, raw, recipients })
          callback()
        })
      })
    },
  })
  server.on('error', () => undefined)
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve())
    })
  })
  afterAll(async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  })
  return Object.defineProperties(state, {
    mails: { value: mails },
    url: {
      get: () => {
        const { port } = server.server.address() as AddressInfo
        return `smtp://${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.pass)}@127.0.0.1:${port}`
      },
    },
  }) as Mailbox
}

export type Delivery = {
  headers: IncomingHttpHeaders
  raw: string
  body: { text: string; blocks: { type: string; text: { type: string; text: string } }[] }
}

export type Hook = {
  readonly url: string
  readonly deliveries: Delivery[]
  status: number
  headers: Record<string, string>
  hangs: boolean
}

export function useHook(path = '/services/T000/B000/hook-path-secret'): Hook {
  const state = { status: 200, headers: {} as Record<string, string>, hangs: false }
  const deliveries: Delivery[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (state.hangs) return
      const raw = Buffer.concat(chunks).toString()
      if (state.status === 200)
        deliveries.push({ headers: request.headers, raw, body: JSON.parse(raw) as Delivery['body'] })
      response.writeHead(state.status, state.headers).end('ok')
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return Object.defineProperties(state, {
    deliveries: { value: deliveries },
    url: { get: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` },
  }) as Hook
}
