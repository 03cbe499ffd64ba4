import type { Finding, Guarantee } from './view.ts'

export const secretsStaySecret: Guarantee = {
  name: 'secrets stay secret',
  says: 'No secret is in a log, a row or a job.',
  findings: ({ history: { surfaces, secrets } }) =>
    surfaces.flatMap(({ name, text }) =>
      secrets
        .filter(({ value }) => value !== '' && text.includes(value))
        .map((secret): Finding => ({ what: `${secret.name} is in ${name}` })),
    ),
}
