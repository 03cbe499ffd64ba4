/**
 * What an endpoint says of itself, once: mounting acts on it, its handler's types follow from it, and the OpenAPI
 * document is generated from it, so that the three cannot differ.
 */
import type { ErrorCode } from '@hangar/core'
import type { z } from 'zod'
import type { Role } from '../auth/caller.ts'
import type { BodyLimit } from './json-body.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/**
 * Who may call: the least role of a person or key; a browser with a session; a user's app or the shared backend by
 * their own tokens; who can sign a webhook; or anyone.
 */
export type Access = Role | 'session' | 'app' | 'shared' | 'sender' | 'anyone'

/** The parts of a request that are read, each by its schema. Names of headers are in lower case. */
export type Reads = { path?: z.ZodType; query?: z.ZodType; header?: z.ZodType; body?: z.ZodType }

/** One answer. Without `body` it has none; `type` is its media type where that is not JSON. */
export type Answer = {
  description?: string
  body?: z.ZodType
  type?: string
  /** What else it says, by header. */
  headers?: Readonly<Record<string, string>>
}

/** By status. A schema by itself is a JSON body; problem documents are declared by their codes instead. */
export type Answers = Readonly<Record<number, z.ZodType | Answer>>

/** What all kinds of endpoints declare. `path` is in Express's form: `/v1/apps/:userId`. */
export type Declared<R extends Reads, A extends Answers> = {
  method: Method
  path: string
  summary: string
  /** What else a caller has to know. */
  description?: string
  reads?: R
  /** What its body may weigh. Default: `report`. */
  bodyLimit?: BodyLimit
  answers: A
  /** Codes that are this endpoint's own; those that follow from what it reads and who may call are added. */
  problems?: readonly ErrorCode[]
}

type Read<T extends z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined

/** What a handler is given of the request: only what has been checked. */
export type Input<R extends Reads> = {
  path: Read<R['path']>
  query: Read<R['query']>
  header: Read<R['header']>
  body: Read<R['body']>
}

type Body<T> = T extends z.ZodType
  ? { body: z.output<T> }
  : T extends { body: infer B extends z.ZodType }
    ? { body: z.output<B> }
    : { body?: undefined }

type ReplyHeaders = { headers?: Readonly<Record<string, string>> }

/** What a handler may answer: one of the statuses it declares, with that status's body. */
export type ReplyTo<A extends Answers> = {
  [Status in keyof A & number]: { status: Status } & ReplyHeaders & Body<A[Status]>
}[keyof A & number]

/** Any handler's answer, as it is sent. */
export type Reply = { status: number; body?: unknown } & ReplyHeaders
