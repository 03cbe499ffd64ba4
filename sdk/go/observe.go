package hangar

import (
	"errors"
	"time"

	"github.com/vyx/hangar/sdk/go/metrics"
	"github.com/vyx/hangar/sdk/go/shim"
)

// counters are what the app counts of itself.
type counters struct {
	cycles, items, lost, calls, callSeconds *metrics.Counter
}

// Metrics is the registry of the app's own metrics. As an http.Handler it serves them; a program may add its own.
func (a *App) Metrics() *metrics.Registry { return a.metrics }

var states = []State{StateStarting, StateTrading, StateDraining, StateDrained, StateRetired}

func (a *App) registerMetrics() {
	r := a.metrics
	r.Gauge("hangar_state", "0 starting, 1 trading, 2 draining, 3 drained, 4 retired.", func() float64 {
		now := a.State()
		for i, state := range states {
			if state == now {
				return float64(i)
			}
		}
		return -1
	})
	r.Gauge("hangar_traders", "Traders that may run.", func() float64 { return float64(len(a.roster.ids())) })
	r.Gauge("hangar_signals_buffered", "Signals not written out yet.", func() float64 { return float64(a.signals.size()) })
	r.Gauge("hangar_executions_buffered", "Executions not written out yet.", func() float64 { return float64(a.executions.size()) })
	a.counted = counters{
		cycles:      r.Counter("hangar_cycles_total", "Cycles that have ended."),
		items:       r.Counter("hangar_items_total", "Signals and executions by what became of them.", "kind", "outcome"),
		lost:        r.Counter("hangar_items_lost_total", "Signals and executions lost, by why.", "kind", "reason"),
		calls:       r.Counter("hangar_shim_calls_total", "Calls to Hangar by what they meant.", "call", "outcome"),
		callSeconds: r.Counter("hangar_shim_call_seconds_total", "Time spent in calls to Hangar.", "call"),
	}
	for _, kind := range []string{"signals", "executions"} {
		for _, outcome := range []string{"stored", "rejected"} {
			a.counted.items.Add(0, kind, outcome)
		}
		for _, reason := range []string{lostOverflow, lostInvalid, lostUndelivered, lostLate} {
			a.counted.lost.Add(0, kind, reason)
		}
	}
}

func (c *counters) item(kind, outcome, reason string, n int) {
	if outcome == "lost" {
		c.lost.Add(float64(n), kind, reason)
	} else {
		c.items.Add(float64(n), kind, outcome)
	}
}

func (a *App) observeCall(op string, took time.Duration, err error) {
	outcome := "ok"
	for kind, name := range map[error]string{
		shim.ErrNotModified: "not_modified", shim.ErrGone: "gone", shim.ErrUnauthorized: "unauthorized",
		shim.ErrRejected: "rejected", shim.ErrUnavailable: "unavailable",
	} {
		if errors.Is(err, kind) {
			outcome = name
		}
	}
	a.counted.calls.Add(1, op, outcome)
	a.counted.callSeconds.Add(max(0, took.Seconds()), op)
}
