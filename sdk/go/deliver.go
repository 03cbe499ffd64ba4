package hangar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

const (
	firstPause = 250 * time.Millisecond
	maxPause   = 10 * time.Second
	// Within a drain, however long Hangar asks to wait: the deadline is near.
	maxHurriedPause = 2 * time.Second
)

// deliver writes out what comes into the queue until ctx ends. It returns an error only for [shim.ErrGone].
func (q *queue) deliver(ctx context.Context, jitter func() float64) error {
	backoff := shim.Backoff{First: firstPause, Max: maxPause, Jitter: jitter}
	search := isolation{aloneAt: -1}
	for failures := 0; ; {
		batch := q.next(ctx)
		if batch == nil {
			return nil
		}
		// Of the batch itself nothing is left once it is answered for.
		first, size := batch[0], len(batch)
		err := q.send(ctx, batch)
		switch {
		case err == nil:
			failures = 0
			q.succeeded(&search, first, size)
			continue
		case errors.Is(err, shim.ErrGone):
			return err
		case ctx.Err() != nil:
			return nil
		}
		failures++
		if q.failed(&search, first, size, err) {
			failures = 1
		}
		pause := backoff.After(failures, err)
		q.log.Warn(q.name+" not written out, trying again", "error", err, "buffered", q.size(), "tries", failures)
		if q.pause(ctx, pause) {
			// The drain began: what was a long pause before may not be one now.
			failures = 0
		}
	}
}

// next waits for something to send and returns it without taking it out; nil when ctx ends.
func (q *queue) next(ctx context.Context) []entry {
	lingered := false
	for {
		q.mu.Lock()
		batch := q.head()
		ready := len(batch) > 0 && (lingered || q.hurried || len(batch) == q.limit || len(batch) < len(q.items))
		changed := q.changed
		q.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return nil
		case ready:
			return batch
		case len(batch) > 0:
			q.pause(ctx, q.linger)
			lingered = true
		default:
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
}

// head is the longest batch that one call may hold. What is apart goes alone. q.mu is held.
func (q *queue) head() []entry {
	bytes := envelopeBytes
	for i, item := range q.items {
		bytes += len(item.body) + 1
		if i == q.limit || bytes > shim.MaxBodyBytes || (i > 0 && (item.apart || q.items[0].apart)) {
			return q.items[:i:i]
		}
	}
	return q.items[:len(q.items):len(q.items)]
}

// send writes out a batch from the head of the queue. A batch that Hangar refuses as wrong is never repeated as it
// is, but in halves, down to the item that is wrong.
func (q *queue) send(ctx context.Context, batch []entry) error {
	bodies := make([]json.RawMessage, len(batch))
	for i, item := range batch {
		bodies[i] = item.body
	}
	results, err := q.post(ctx, bodies)
	switch {
	case errors.Is(err, shim.ErrRejected) && len(batch) == 1:
		q.log.Error(q.name+" refused", "client_id", batch[0].clientID, "error", err)
		q.settle(1, 0, 0)
		q.lose(lostInvalid, 1)
		return nil
	case errors.Is(err, shim.ErrRejected):
		half := len(batch) / 2
		if err := q.send(ctx, batch[:half]); err != nil {
			return err
		}
		return q.send(ctx, batch[half:])
	case err != nil:
		return err
	}
	return q.take(batch, results)
}

// errUnfitting is an answer that does not say what became of the items.
var errUnfitting = errors.New("the answer does not fit")

// take removes a batch that was answered. An answer that is not about these items settles none of them.
func (q *queue) take(batch []entry, results []shim.Result) error {
	stored := 0
	if len(results) != len(batch) {
		return fmt.Errorf("%w: %d results for %d items", errUnfitting, len(results), len(batch))
	}
	for i, result := range results {
		// Without an id it is the item in its place: Hangar could not read the item's own, or a sink leaves it out.
		if result.ClientID != batch[i].clientID && result.ClientID != "" {
			return fmt.Errorf("%w: result %d is not about its item", errUnfitting, i)
		}
		switch result.Status {
		case shim.StatusStored, shim.StatusDuplicate:
			stored++
		case shim.StatusRejected:
		default:
			return fmt.Errorf("%w: result %d has the status %q", errUnfitting, i, result.Status)
		}
	}
	for i, result := range results {
		if result.Status == shim.StatusRejected {
			q.log.Error(q.name+" rejected", "client_id", batch[i].clientID, "code", result.Code, "message", result.Message)
		}
	}
	q.settle(len(batch), stored, len(batch)-stored)
	q.count("stored", "", stored)
	q.count("rejected", "", len(batch)-stored)
	return nil
}

// settle removes n items from the head, of which so many were stored and rejected.
func (q *queue) settle(n, stored, rejected int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		// Counted as lost already: the deadline came between the answer and here.
		return
	}
	for i := range q.items[:n] {
		q.bytes -= len(q.items[i].body)
		q.items[i] = entry{}
	}
	q.items = q.items[n:]
	q.flushed += stored
	q.rejected += rejected
	q.answered += n
	q.stalled = false
	q.announce()
}

// pause waits, for less when the drain begins meanwhile: then it says true. In a drain pauses are short.
func (q *queue) pause(ctx context.Context, d time.Duration) (drainBegan bool) {
	q.mu.Lock()
	hurried := q.hurried
	q.mu.Unlock()
	if hurried {
		_ = clock.Sleep(ctx, q.clock, min(d, maxHurriedPause))
		return false
	}
	timer := q.clock.NewTimer(d)
	defer timer.Stop()
	for {
		q.mu.Lock()
		hurried, changed := q.hurried, q.changed
		q.mu.Unlock()
		if hurried {
			return true
		}
		select {
		case <-changed:
		case <-timer.C():
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func (q *queue) size() int {
	n, _ := q.buffered()
	return n
}
