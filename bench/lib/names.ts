/** Whatever names a user, a row, an app or a machine, as placeholders in a text, so that it can be said of others. */
export type Names = { userId: string; appId: string; appName: string; machineId: string; instanceId: string }

const placeholderOf = (name: string) => `{{${name}}}`

/** With placeholders in the place of names. */
export function generalise(text: string, names: Names): string {
  return replaceAll(text, names, (name) => names[name], placeholderOf)
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
