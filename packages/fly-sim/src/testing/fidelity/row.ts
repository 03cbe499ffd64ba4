/** How sure we are that Fly does it; the stand-in does it in any case, and the named test holds it. */
export const GRADES = {
  DOC: "Fly's own documentation says it",
  SPEC: "Fly's OpenAPI file says it",
  CODE: 'code or comments in a superfly repository say it',
  MEASURED: 'a third party says it measured it on the live API',
  REPORTED: 'an issue, pull request or third-party comment says it',
  INFERRED: 'reasoning from the other facts',
  OURS: 'nothing was found; the stand-in had to do something',
} as const
export type Grade = keyof typeof GRADES

export type Row = {
  behaviour: string
  source: string
  grade: Grade
  /** A test file of packages/fly-sim/src, and the title of the test in it, placeholders included. */
  test: readonly [file: string, title: string]
}

export const row = (behaviour: string, source: string, grade: Grade, file: string, title: string): Row => ({
  behaviour,
  source,
  grade,
  test: [file, title],
})
