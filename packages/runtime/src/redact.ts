/**
 * Keeps secrets out of every output. Two nets, because each has holes: values under a telling key, whatever they
 * look like, and texts that look like a secret, wherever they stand.
 */
const MASK = '[redacted]'

/** `"key":"value"` in a line of JSON, with the key containing one of these words; also `"keys":["…"]`. */
const KEYED =
  /("[\w.-]*(?:authorization|token|secret|cookie|password|passwd|api[-_]?key|master[-_]?key)[\w.-]*"\s*:\s*)("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi

const SHAPES: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic|FlyV1)\s+[\w+/=.,~:-]+/gi, `$1 ${MASK}`],
  // Our app tokens, Supabase's secret keys, webhook signing keys, Fly's tokens.
  [/\bhgr_[\w-]+/g, `hgr_${MASK}`],
  [/\bsb_secret_[\w-]+/g, `sb_secret_${MASK}`],
  [/\bwhsec_[\w+/=-]+/g, `whsec_${MASK}`],
  [/\b(fo1|fm1r|fm2|fm1a)_[\w+/=.-]+/g, `$1_${MASK}`],
  // JSON Web Tokens.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, MASK],
  // A parameter of an address, and the password in it.
  [/([?&][\w.-]*(?:password|secret|token)[\w.-]*=)[^\s&#"]+/gi, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@/"]+@/gi, `$1:${MASK}@`],
]

/** Masks what looks like a secret in a text for people. */
export function redactText(text: string): string {
  let masked = text
  for (const [shape, replacement] of SHAPES) masked = masked.replace(shape, replacement)
  return masked
}

/** The same for a line of JSON, and also masks every string under a telling key, at any depth. */
export function redactJsonLine(line: string): string {
  return redactText(line.replace(KEYED, `$1"${MASK}"`))
}
