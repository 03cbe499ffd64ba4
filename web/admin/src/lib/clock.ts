/** The page's one clock, in milliseconds since 1970. */
export const now = (): number => Date.now()
