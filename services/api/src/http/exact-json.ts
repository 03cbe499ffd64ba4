/**
 * JSON whose numbers stay as they were written. JavaScript has only doubles: an order's id of twenty digits would come
 * out of `JSON.parse` as another number, `1e400` as none at all, and `1.50` as `1.5`. Such a number becomes a `RawNumber`,
 * which `JSON.stringify` writes out as it came; all others are numbers, as ever.
 */
type RawNumber = object
type SourceText = { source?: string }
type ExactJson = {
  parse(text: string, reviver: (key: string, value: unknown, context: SourceText) => unknown): unknown
  /** Not in the library's types yet; there from Node 21 on. */
  rawJSON(text: string): RawNumber
}
const exact = JSON as unknown as ExactJson

/**
 * A number, in the place of a value, that a double may not hold or would write in another way: many digits, an exponent,
 * a fraction that ends in 0, or -0. What only looks like one, in a string, costs time and nothing else.
 */
const MAY_CHANGE = /[:,[]\s*(?:-0\s*[,}\]]|-?(?:[\d.]{16}|[\d.]+[eE]|\d+\.\d*0(?!\d)))/

export function parseExactly(text: string): unknown {
  // The reviver is asked for each value there is, which takes several times as long.
  if (!MAY_CHANGE.test(text)) return JSON.parse(text)
  try {
    return exact.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source
        ? exact.rawJSON(source)
        : value,
    )
  } catch (error) {
    // Nested too deeply for a reviver, which is a matter of one item and not of the batch.
    if (error instanceof RangeError) return JSON.parse(text)
    throw error
  }
}
