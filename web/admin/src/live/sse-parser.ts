/** Server-sent events out of a text that arrives in pieces, cut anywhere (WHATWG HTML, 9.2.6). */

export type ServerEvent = { type: string; data: string; id: string | undefined }

type Parser = {
  /** The events that this piece completes. Comments, such as heartbeats, complete none. */
  push: (piece: string) => ServerEvent[]
}

export function createSseParser(): Parser {
  let rest = ''
  let pending = emptyEvent()
  return {
    push(piece) {
      rest += piece
      const events: ServerEvent[] = []
      // A lone \r at the end may be half of \r\n: it waits for what follows.
      for (let end = lineEnd(rest); end !== undefined; end = lineEnd(rest)) {
        const line = rest.slice(0, end.at)
        rest = rest.slice(end.next)
        if (line !== '') take(pending, line)
        else {
          if (pending.data.length > 0) events.push(finish(pending))
          pending = emptyEvent()
        }
      }
      return events
    },
  }
}

type Pending = { type: string; data: string[]; id: string | undefined }

const emptyEvent = (): Pending => ({ type: 'message', data: [], id: undefined })

const finish = ({ type, data, id }: Pending): ServerEvent => ({ type, data: data.join('\n'), id })

function take(pending: Pending, line: string): void {
  const colon = line.indexOf(':')
  if (colon === 0) return
  const field = colon === -1 ? line : line.slice(0, colon)
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (field === 'data') pending.data.push(value)
  else if (field === 'event') pending.type = value
  else if (field === 'id' && !value.includes('\0')) pending.id = value
}

function lineEnd(text: string): { at: number; next: number } | undefined {
  const at = text.search(/[\r\n]/)
  if (at === -1) return undefined
  if (text[at] === '\n') return { at, next: at + 1 }
  if (at === text.length - 1) return undefined
  return { at, next: text[at + 1] === '\n' ? at + 2 : at + 1 }
}
