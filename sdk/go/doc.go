// Package hangar makes a screener one user's app, or the shared backend beside it, as Hangar's contract
// (docs/go-shim.md) asks: it knows what may run, writes signals and executions out exactly once, says how the app is,
// and ends it gracefully.
//
// An [App] goes through these states:
//
//	starting ──first bootstrap──▶ trading ──/shutdown, SIGTERM or Hangar's word──▶ draining ──reported, or too late──▶ drained
//	    └───────── bootstrap says drain, or SIGTERM ─────────────────────────────────┘
//	starting, trading, draining ──410──▶ retired
//
// Drained and retired are idle for good: [App.Run] waits for SIGTERM, because a program that exits is started again.
// Only 410 and a request to drain ever end trading. An unknown token (401) and a Hangar that is away do not.
//
// The shared backend is trading from the start: built-in traders at once, custom ones once it knows where each user's
// traders run.
package hangar
