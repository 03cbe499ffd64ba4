// A body that Fly answers may quote what we sent. What we know to be secret is removed by value;
// what looks like a token is removed by shape.
const TOKEN_SHAPES = /\b(?:FlyV1\s+)?fm[12][a-z]?_[\w+/=,-]+|\bfo1_[\w-]+|\bBearer\s+[^\s"',]+/g

/** Shorter values would blank out ordinary words. */
const SHORTEST_SECRET = 6

/** The text with every given secret, and everything shaped like a token, replaced. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue
    clean = clean.replaceAll(secret, '[redacted]')
    // The same value as it appears inside a JSON string, and as Go writes that.
    const escaped = JSON.stringify(secret).slice(1, -1)
    for (const form of [escaped, escaped.replaceAll(/[<>&]/g, goEscape)]) {
      if (form !== secret) clean = clean.replaceAll(form, '[redacted]')
    }
  }
  return clean.replaceAll(TOKEN_SHAPES, '[redacted]')
}

function goEscape(char: string): string {
  return `\\u00${char.charCodeAt(0).toString(16)}`
}
