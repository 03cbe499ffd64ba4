/** Served in the place of the dashboard until it is built: plain enough for the strictest policy on content. */
export const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Hangar: not built</title></head>
<body>
<h1>The dashboard is not built</h1>
<p>The API runs, and its dashboard was not built here. Build it with <code>npm run build</code> and load this page again;
<code>npm run dev</code> and the image's own build do so by themselves.</p>
<p>Meanwhile: <a href="/admin/queues/">queues</a>, <a href="/docs">the API</a>.</p>
</body>
</html>
`
