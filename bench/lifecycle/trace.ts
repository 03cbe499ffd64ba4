/**
 * What one life of one app takes: each call to Fly and each SQL statement that writes, in order, as the engine made
 * them. Whatever names the user, the row, the app or the machine stands as a placeholder, so that the bare peer can
 * do the same for somebody else.
 */
export type Names = { userId: string; appId: string; appName: string; machineId: string; instanceId: string }

export type FlyCall = { kind: 'fly'; method: string; path: string; body: string | null; status: number }
export type SqlWrite = { kind: 'sql'; text: string; values: unknown[] }
export type Act = FlyCall | SqlWrite

export type Trace = { provision: Act[]; deprovision: Act[] }

const placeholderOf = (name: string) => `{{${name}}}`

/** With placeholders in the place of names. */
export function generalise(trace: Trace, names: Names): Trace {
  return JSON.parse(replaceAll(JSON.stringify(trace), names, (name) => names[name], placeholderOf)) as Trace
}

/** With names in the place of placeholders. */
export function fillIn(text: string, names: Names): string {
  return text.includes('{{') ? replaceAll(text, names, placeholderOf, (name) => names[name]) : text
}

function replaceAll(
  text: string,
  names: Names,
  from: (name: keyof Names) => string,
  to: (name: keyof Names) => string,
): string {
  const keys = Object.keys(names) as (keyof Names)[]
  return keys.reduce((replaced, name) => replaced.replaceAll(from(name), to(name)), text)
}

/** Statements that change a row, those inside a WITH included; a mere `for update` changes none. */
export const isWrite = (text: string): boolean =>
  /\b(insert\s+into|delete\s+from|update\s+[\w."]+(\s+as\s+\w+)?\s+set)\b/i.test(text)
