/** Asks again until there is an answer; after ten seconds it says what it waited for. */
export async function until<T>(what: string, read: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    const value = await read()
    if (value !== null && value !== undefined && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`waited in vain for ${what}`)
}
