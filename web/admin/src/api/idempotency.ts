/**
 * The Idempotency-Keys of one dialog. A request that is made again has the key of the first time, so that it is
 * done once; as soon as anything in it is another, it is another request and has its own.
 */
import { newKey } from './client.ts'
import { ConnectionError, isProblem } from './problem.ts'

export type Keys = {
  of: (request: unknown) => string
  /** The next request of whatever content has a new key. */
  forget: () => void
}

export function createKeys(make: () => string = newKey): Keys {
  const keys = new Map<string, string>()
  return {
    of(request) {
      const text = JSON.stringify(request)
      const key = keys.get(text) ?? make()
      keys.set(text, key)
      return key
    },
    forget: () => keys.clear(),
  }
}

/** Forgets the keys where they are of no more use, and says what a person has to know before trying again. */
export function afterFailure(error: unknown, keys: Keys): string | undefined {
  if (isProblem(error, 'idempotency_answer_lost')) {
    keys.forget()
    return 'It was done the first time: the audit log has it. Nothing needs to be tried again; to do so asks for it once more.'
  }
  if (isProblem(error, 'idempotency_mismatch')) {
    keys.forget()
    return 'An earlier try asked for something else, and may have been done: look into the audit log first. Trying again asks anew.'
  }
  if (error instanceof ConnectionError) {
    return 'Whether it was done is not known. Trying again as it stands here does it once at most.'
  }
  return undefined
}
