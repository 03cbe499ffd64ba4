import type { Session } from '../../../auth/session.ts'

const STYLE = `
  body { font-family: system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1rem; line-height: 1.5; }
  @media (prefers-color-scheme: dark) { body { background: #151a21; color: #dde3ea; } a { color: #8ab4f8; } }
  input, button { font: inherit; padding: 0.5rem; box-sizing: border-box; }
  input { width: 100%; margin: 0.25rem 0 1rem; }
  [role=alert] { border-left: 4px solid #c0392b; padding-left: 0.75rem; }`

/** The sign-in form, or for who is signed in, where to go and how to leave. Works without scripts. */
export function adminPage(session: Session | null, problem?: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Hangar</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Hangar</h1>
${problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`}
${session ? signedIn(session) : SIGN_IN_FORM}
</main>
</body>
</html>
`
}

const SIGN_IN_FORM = `<form method="post" action="/admin/session">
<label for="access_token">Supabase access token of an admin, or the service key</label>
<input id="access_token" name="access_token" type="password" autocomplete="off" required autofocus>
<button>Sign in</button>
</form>`

function signedIn({ caller, expiresAt }: Session): string {
  return `<p>Signed in as ${escapeHtml(caller.actor)} (${caller.role}) until ${expiresAt.toISOString()}.</p>
<p><a href="/admin/queues/">Queues</a></p>
<form method="post" action="/admin/sign-out"><button>Sign out</button></form>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
