/** What a record carries beside its own fields, as it is: for those who look for the last detail. */
export function FieldsOf({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null
  if (typeof value === 'object' && Object.keys(value).length === 0) return null
  return (
    <section className="fields-of" aria-label={title}>
      <h3>{title}</h3>
      {/* A wide value is scrolled with the arrow keys, so the keyboard has to reach it. */}
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </section>
  )
}
