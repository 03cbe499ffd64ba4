package hangar

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

type (
	// Trader is something to run. In the list of a shared backend each has an ID and is either BuiltIn or has the UserID,
	// a UUID, of whom it belongs to; any other never runs, and the log says so.
	Trader = shim.Trader
	// Signal is what a trader found: its TraderID, up to 200 characters, and a Symbol, up to 100, are needed.
	// [App.Signal] fills in an empty ClientID, CreatedAt and Payload.
	Signal = shim.Signal
	// Execution is one run of a trader: its TraderID, up to 200 characters, and an Outcome, up to 100, such as
	// "completed", are needed. FinishedAt is nil where it did not finish. [App.Execution] fills in an empty ClientID and
	// StartedAt.
	Execution = shim.Execution
	// Result is what became of a signal or execution.
	Result = shim.Result
	// Supabase opens the user's own rows, and no others, for an hour.
	Supabase = shim.Supabase
)

// Options of an [App]. The zero value is good for a dedicated app.
type Options struct {
	// Version of the program, for Hangar's eyes; 100 characters of it.
	Version string
	// Logger; default slog.Default().
	Logger *slog.Logger

	// Traders lists every trader there is, built-in and custom, with their users; asked before each cycle of the
	// shared backend, which needs it. A dedicated app gets its traders from Hangar.
	Traders func(ctx context.Context) ([]Trader, error)
	// Sink is where a shared backend's signals and executions go; it needs one. A dedicated app's go to Hangar.
	Sink Sink

	// CloseStreams is called in the drain, when everything is written out: close WebSockets with a normal close
	// (1000). It has until ctx ends.
	CloseStreams func(ctx context.Context)

	// DrainDeadline is the time from the first word of the end to the report. Default, and at most, is what Hangar says
	// that it waits for; where it does not say, 30 s.
	DrainDeadline time.Duration
	// BufferItems is how many signals, and how many executions, wait in memory at most; default 100 000 of each.
	BufferItems int
	// BufferBytes is how much memory each of the two takes at most; default 64 MiB, at least 1 MiB.
	BufferBytes int
	// BufferWait is how long a full buffer holds back whoever adds to it before it loses the item; default 5 s.
	BufferWait time.Duration
	// Linger is how long a signal waits for others to go with; default 250 ms.
	Linger time.Duration
	// PlacementEvery is how often a shared backend asks where users' traders run; default 10 s.
	PlacementEvery time.Duration

	// Stop is what to take for SIGTERM, its close too, for a program that listens to signals itself; default the
	// process's own SIGTERM and SIGINT.
	Stop <-chan os.Signal
	// Transport of the calls to Hangar; default a copy of http.DefaultTransport that speaks HTTP/1.1 only, as another
	// one should too: a single HTTP/2 connection that a load balancer forgot swallows call after call.
	Transport http.RoundTripper

	// For the tests of this package: default the system's, and math/rand.
	clock  clock.Clock
	jitter func() float64
}

// Sink stores signals and executions, up to 500 at a time and one batch of each kind after the other.
//
// Nil results and a nil error mean that all of them are stored. Otherwise there is one [Result] for each item, in their
// order: {Status: "stored"}, {Status: "duplicate"} for a client id that was stored before, which is as good, or
// {Status: "rejected", Code: …, Message: …} for an item that will never be stored. An error means that it is not known
// what was stored: the same items come again, so a client id has to be unique where they go (on conflict do nothing).
//
// A signal's Payload comes as JSON is read into an any, with every number as a json.Number, so that none loses a digit on
// its way.
type Sink interface {
	StoreSignals(ctx context.Context, items []Signal) ([]Result, error)
	StoreExecutions(ctx context.Context, items []Execution) ([]Result, error)
}

const (
	defaultDrainDeadline  = 30 * time.Second
	defaultBufferItems    = 100_000
	defaultBufferBytes    = 64 << 20
	defaultBufferWait     = 5 * time.Second
	defaultLinger         = 250 * time.Millisecond
	defaultPlacementEvery = 10 * time.Second
)

func (o Options) withDefaults() Options {
	o.Logger = or(o.Logger, slog.Default())
	o.BufferItems = or(o.BufferItems, defaultBufferItems)
	o.BufferBytes = max(or(o.BufferBytes, defaultBufferBytes), shim.MaxBodyBytes)
	o.BufferWait = or(o.BufferWait, defaultBufferWait)
	o.Linger = or(o.Linger, defaultLinger)
	o.PlacementEvery = or(o.PlacementEvery, defaultPlacementEvery)
	if o.clock == nil {
		o.clock = clock.System()
	}
	return o
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
