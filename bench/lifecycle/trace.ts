/**
 * What one life of one app takes: each call to Fly and each SQL statement that writes, in order, as the engine made
 * them. Whatever names the user, the row, the app or the machine stands as a placeholder, so that the bare peer can
 * do the same for somebody else.
 */
export type FlyCall = { kind: 'fly'; method: string; path: string; body: string | null; status: number }
export type SqlWrite = { kind: 'sql'; text: string; values: unknown[] }
export type Act = FlyCall | SqlWrite

export type Trace = { provision: Act[]; deprovision: Act[] }

/** Statements that change a row, those inside a WITH included; a mere `for update` changes none. */
export const isWrite = (text: string): boolean =>
  /\b(insert\s+into|delete\s+from|update\s+[\w."]+(\s+as\s+\w+)?\s+set)\b/i.test(text)
