import { useId, type HTMLInputAutoCompleteAttribute, type ReactNode } from 'react'

type TextFieldProps = {
  label: ReactNode
  value: string
  onChange: (value: string) => void
  hint?: string
  error?: string | undefined
  type?: 'text' | 'email' | 'password' | 'number' | 'datetime-local'
  maxLength?: number
  autoFocus?: boolean
  autoComplete?: HTMLInputAutoCompleteAttribute
  required?: boolean
  readOnly?: boolean
}

/** A labelled line of text, with its hint and its error read out with it. */
export function TextField({ label, value, onChange, hint, error, type = 'text', ...rest }: TextFieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        type={type}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={error === undefined ? 'hint' : 'field-error'}>
          {note}
        </p>
      )}
    </div>
  )
}

/** One of a few, as the browser draws it. */
export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: T
  options: readonly (readonly [value: T, text: string])[]
  onChange: (value: T) => void
}) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
