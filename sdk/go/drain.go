package hangar

import (
	"context"
	"errors"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

// ErrDrainDeadline is why the context of a cycle ends that outlasts its share of the drain.
var ErrDrainDeadline = errors.New("hangar: the drain is out of time")

// The shares of the drain's time by whose end the cycles are told to give up, and writing out ends, so that closing
// streams and the report have the rest.
const (
	cycleShare = 0.7
	flushShare = 5.0 / 6
	closeShare = 0.93
)

// One try of the report is made however late it is, and takes no longer than this.
const lastReportTimeout = 2 * time.Second

// drain is the graceful end. No cycle begins any more. A 410 in the middle of it ends it.
func (a *App) drain(stopDelivering func()) {
	startedAt, deadline := a.clock.Now(), a.drainDeadline()
	fromStart := a.State() == StateStarting && a.reason() != "bootstrap"
	a.enter(StateDraining, "reason", a.reason())
	share := func(part float64) (context.Context, context.CancelFunc) {
		length := time.Duration(float64(deadline) * part)
		return clock.WithTimeout(a.alive, a.clock, length-a.clock.Now().Sub(startedAt))
	}
	cutting, stopCutting := share(cycleShare)
	flushing, stopFlushing := share(flushShare)
	a.signals.hurry()
	a.executions.hurry()
	cut := a.awaitFlushed(cutting, flushing)
	stopCutting()
	stopFlushing()
	stopDelivering()
	if a.alive.Err() != nil {
		return
	}
	a.signals.close(lostUndelivered)
	a.executions.close(lostUndelivered)

	if a.options.CloseStreams != nil {
		closing, stopClosing := share(closeShare)
		over := background(func() { a.options.CloseStreams(closing) })
		select {
		case <-over:
		case <-closing.Done():
			a.log.Warn("streams not closed in time")
		}
		stopClosing()
	}
	a.finish(cut, func() (context.Context, context.CancelFunc) {
		if fromStart {
			// Before the traders are known there is nothing to save, but Hangar may have counted our question as a
			// start and wait for the report: one try, no more.
			return clock.WithTimeout(a.alive, a.clock, 0)
		}
		return share(1)
	})
}

// drainDeadline is how long the drain may take. After that Hangar kills.
func (a *App) drainDeadline() time.Duration {
	grace := or(time.Duration(a.grace.Load()), or(a.config.DrainGrace, defaultDrainDeadline))
	if own := a.options.DrainDeadline; own > 0 {
		return min(own, grace)
	}
	return grace
}

// awaitFlushed waits until no cycle runs and everything is written out. When cutting ends it tells the cycles to give
// up; when flushing ends it waits no longer. It returns how many cycles were cut off.
func (a *App) awaitFlushed(cutting, flushing context.Context) (cut int) {
	cutOff := cutting.Done()
	for {
		// In this order: what a cycle has added is in a queue before the cycle is over.
		idle, cyclesChanged := a.cycles.idle()
		signals, signalsChanged := a.signals.buffered()
		executions, executionsChanged := a.executions.buffered()
		if idle && signals == 0 && executions == 0 {
			return cut
		}
		select {
		case <-cyclesChanged:
		case <-signalsChanged:
		case <-executionsChanged:
		case <-cutOff:
			cutOff = nil
			cut = a.cycles.unfinished()
			a.cycles.cancel(ErrDrainDeadline)
		case <-flushing.Done():
			// Both may end in one moment: whoever still runs is counted all the same.
			a.cycles.cancel(ErrDrainDeadline)
			a.log.Error("not everything was written out", "signals", signals, "executions", executions)
			return max(cut, a.cycles.unfinished())
		}
	}
}

// finish reports, where there is somebody to report to, and ends in drained, or retired after a 410.
func (a *App) finish(cut int, remaining func() (context.Context, context.CancelFunc)) {
	counts := a.drainCounts(cut)
	if a.config.Mode == ModeShared {
		a.enter(StateDrained, "lost", counts.Lost, "rejected", counts.Rejected)
		return
	}
	ctx, cancel := remaining()
	defer cancel()
	err := a.report(ctx, counts)
	if errors.Is(err, shim.ErrGone) {
		a.markGone()
	}
	if a.alive.Err() == nil {
		a.enter(StateDrained, "reported", err == nil, "signals_flushed", counts.SignalsFlushed,
			"executions_flushed", counts.ExecutionsFlushed, "lost", counts.Lost, "rejected", counts.Rejected)
	}
}

// report tries until it is said or until ctx ends; one try is made in any case.
func (a *App) report(ctx context.Context, counts shim.Drained) error {
	backoff := shim.Backoff{First: firstPause, Max: maxHurriedPause, Jitter: a.options.jitter}
	for tries := 1; ; tries++ {
		attempt, cancel := ctx, context.CancelFunc(func() {})
		if ctx.Err() != nil {
			attempt, cancel = clock.WithTimeout(a.alive, a.clock, lastReportTimeout)
		}
		err := a.client.Drained(attempt, counts)
		cancel()
		if err == nil || errors.Is(err, shim.ErrGone) || errors.Is(err, shim.ErrRejected) {
			return err
		}
		a.log.Warn("drained report failed", "error", err, "tries", tries)
		if ctx.Err() != nil || clock.Sleep(ctx, a.clock, min(backoff.After(tries, err), maxHurriedPause)) != nil {
			return err
		}
	}
}

// drainCounts sums up this process's life. A cycle that was cut off counts as one lost item: what it would have found
// is not known.
func (a *App) drainCounts(cut int) shim.Drained {
	signalsFlushed, signalsRejected, signalsLost := a.signals.counts()
	executionsFlushed, executionsRejected, executionsLost := a.executions.counts()
	return shim.Drained{
		SignalsFlushed:    signalsFlushed,
		ExecutionsFlushed: executionsFlushed,
		Lost:              signalsLost + executionsLost + cut,
		Rejected:          signalsRejected + executionsRejected,
	}
}

func (a *App) reason() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.drainReason
}
