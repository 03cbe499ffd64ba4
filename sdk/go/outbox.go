package hangar

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vyx/hangar/sdk/go/shim"
)

// Signal takes a signal to be stored exactly once. While the buffer is full it waits, up to Options.BufferWait; an
// error means that the signal is lost, and is counted and logged already.
func (a *App) Signal(ctx context.Context, signal Signal) error {
	signal.ClientID = or(signal.ClientID, newID())
	signal.CreatedAt = a.stamp(signal.CreatedAt)
	if signal.Payload == nil {
		signal.Payload = struct{}{}
	}
	return a.signals.add(ctx, signal.ClientID, signal, signal.Check())
}

// Execution takes an execution to be stored exactly once, as [App.Signal] does.
func (a *App) Execution(ctx context.Context, execution Execution) error {
	execution.ClientID = or(execution.ClientID, newID())
	execution.StartedAt = a.stamp(execution.StartedAt)
	if execution.FinishedAt != nil {
		finishedAt := a.stamp(*execution.FinishedAt)
		execution.FinishedAt = &finishedAt
	}
	return a.executions.add(ctx, execution.ClientID, execution, execution.Check())
}

// Buffered is how many signals and executions are not written out yet.
func (a *App) Buffered() (signals, executions int) {
	return a.signals.size(), a.executions.size()
}

// stamp fills in the time of day. A database keeps microseconds.
func (a *App) stamp(at time.Time) time.Time {
	if at.IsZero() {
		at = a.clock.Now()
	}
	return at.UTC().Truncate(time.Microsecond)
}

func (a *App) newQueues() (signals, executions *queue) {
	postSignals, postExecutions := a.client.Signals, a.client.Executions
	if sink := a.options.Sink; a.config.Mode == ModeShared {
		postSignals, postExecutions = toSink(sink.StoreSignals), toSink(sink.StoreExecutions)
	}
	make := func(name string, post func(context.Context, []json.RawMessage) ([]Result, error)) *queue {
		return newQueue(queueOptions{
			name:     name,
			maxItems: a.options.BufferItems,
			maxBytes: a.options.BufferBytes,
			maxWait:  a.options.BufferWait,
			linger:   a.options.Linger,
			post:     post,
			count:    func(outcome, reason string, n int) { a.counted.item(name, outcome, reason, n) },
			clock:    a.clock,
			log:      a.log,
		})
	}
	return make("signals", postSignals), make("executions", postExecutions)
}

// toSink hands a batch to a function that takes the items themselves. Payloads hold ids and nanoseconds, which a
// float64 would round.
func toSink[Item any](store func(context.Context, []Item) ([]Result, error)) func(context.Context, []json.RawMessage) ([]Result, error) {
	return func(ctx context.Context, bodies []json.RawMessage) ([]Result, error) {
		items := make([]Item, len(bodies))
		for i, body := range bodies {
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.UseNumber()
			if err := decoder.Decode(&items[i]); err != nil {
				return nil, fmt.Errorf("%w: %w", shim.ErrRejected, err)
			}
		}
		results, err := store(ctx, items)
		if err != nil || results != nil {
			return results, err
		}
		results = make([]Result, len(items))
		for i := range results {
			results[i].Status = shim.StatusStored
		}
		return results, nil
	}
}

// deliver writes out both queues until ctx ends or this app is over.
func (a *App) deliver(ctx context.Context) {
	var both sync.WaitGroup
	for _, one := range []*queue{a.signals, a.executions} {
		both.Add(1)
		go func(q *queue) {
			defer both.Done()
			if err := q.deliver(ctx, a.options.jitter); errors.Is(err, shim.ErrGone) {
				a.markGone()
			}
		}(one)
	}
	both.Wait()
}

// newID is a random UUID (version 4).
func newID() string {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		// Two items with one id would be stored as one.
		panic(err)
	}
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
