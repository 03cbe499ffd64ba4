package hangar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

var (
	// ErrBufferFull is a signal or execution that is lost, because so many before it could not be written out yet.
	ErrBufferFull = errors.New("hangar: the buffer is full")
	// ErrTooLarge is a signal or execution that no call to Hangar can hold.
	ErrTooLarge = errors.New("hangar: the item is too large")
	// ErrInvalid is a signal or execution that Hangar would refuse, such as one without a symbol.
	ErrInvalid = errors.New("hangar: the item is invalid")
)

// What a body holds besides its items: {"items":[…]}, and a comma after each item.
const envelopeBytes = 64

// Why something was lost, as metrics and logs call it.
const (
	lostOverflow    = "overflow"    // no room
	lostInvalid     = "invalid"     // too large, or Hangar refused it as wrong
	lostUndelivered = "undelivered" // the deadline came first
	lostLate        = "late"        // handed in after the end
)

type entry struct {
	clientID string
	body     json.RawMessage

	// It failed alone (see isolate.go); how many had been answered for then, and how often it did so again.
	apart        bool
	answeredThen int
	strikes      int
}

type queueOptions struct {
	name     string
	maxItems int
	maxBytes int
	// How long one add waits for room before it gives up.
	maxWait time.Duration
	linger  time.Duration
	post    func(ctx context.Context, items []json.RawMessage) ([]shim.Result, error)
	// Told about items that were stored, rejected or lost.
	count func(outcome, reason string, n int)
	clock clock.Clock
	log   *slog.Logger
}

// queue holds what one kind of call has to write out, and writes it out in order.
//
// An item is in the queue until Hangar has said what became of it: until then it is sent again, with the same client
// id. Full: the next add waits for room; when it has waited in vain, adds fail at once until there is room again, so
// that a trader goes on although Hangar is away for long.
type queue struct {
	queueOptions

	mu      sync.Mutex
	items   []entry
	bytes   int
	stalled bool
	closed  bool
	hurried bool
	changed chan struct{}

	// How many go together at most: fewer than Hangar takes while a bad one is searched for.
	limit int

	flushed, rejected, lost int
	// Items that are out of the queue because of an answer.
	answered     int
	lossLoggedAt time.Time
	lossUnlogged int
}

func newQueue(options queueOptions) *queue {
	return &queue{queueOptions: options, limit: shim.MaxBatch, changed: make(chan struct{})}
}

// add puts an item into the queue, unless something is wrong with it, waiting for room if need be. An error means that
// the item is lost, and counted.
func (q *queue) add(ctx context.Context, clientID string, item any, wrong error) error {
	body, err := json.Marshal(item)
	if err == nil {
		err = wrong
	}
	if err != nil {
		q.lose(lostInvalid, 1)
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(body)+envelopeBytes > shim.MaxBodyBytes {
		q.lose(lostInvalid, 1)
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, len(body))
	}
	waiting, cancel := ctx, context.CancelFunc(nil)
	for {
		added, wait, changed := q.offer(entry{clientID: clientID, body: body})
		switch {
		case added:
			return nil
		case !wait:
			return q.refuse()
		}
		if cancel == nil {
			waiting, cancel = clock.WithTimeout(ctx, q.clock, q.maxWait)
			defer cancel()
		}
		select {
		case <-changed:
		case <-waiting.Done():
			q.lose(lostOverflow, 1)
			if ctx.Err() != nil {
				// Only this caller has no more time: others may still wait for room.
				return fmt.Errorf("%w: %w", ErrBufferFull, context.Cause(ctx))
			}
			q.setStalled()
			return ErrBufferFull
		}
	}
}

// offer adds the item if there is room; otherwise it says whether to wait for the channel that it returns.
func (q *queue) offer(item entry) (added, wait bool, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return false, false, nil
	case len(q.items) < q.maxItems && q.bytes+len(item.body) <= q.maxBytes:
		q.items = append(q.items, item)
		q.bytes += len(item.body)
		q.announce()
		return true, false, nil
	default:
		return false, !q.stalled, q.changed
	}
}

func (q *queue) refuse() error {
	q.mu.Lock()
	closed := q.closed
	q.mu.Unlock()
	if closed {
		q.lose(lostLate, 1)
		return ErrStopped
	}
	q.lose(lostOverflow, 1)
	return ErrBufferFull
}

func (q *queue) setStalled() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stalled = true
}

// A full queue loses with every signal: the log says so at once, and then once in this time.
const lossLogEvery = 10 * time.Second

func (q *queue) lose(reason string, n int) {
	q.count("lost", reason, n)
	if unlogged, inAll := q.noteLoss(reason, n); unlogged > 0 {
		q.log.Error(q.name+" lost", "reason", reason, "lost", unlogged, "lost_in_all", inAll)
	}
}

// noteLoss says how many losses are to be logged now, if any. Logging is for after the lock: a slow log must hold up
// nobody, and one that asks the app how it is must not wait for itself.
func (q *queue) noteLoss(reason string, n int) (unlogged, inAll int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost += n
	q.lossUnlogged += n
	now := q.clock.Now()
	if reason == lostOverflow && !q.lossLoggedAt.IsZero() && now.Sub(q.lossLoggedAt) < lossLogEvery {
		return 0, q.lost
	}
	unlogged, q.lossUnlogged, q.lossLoggedAt = q.lossUnlogged, 0, now
	return unlogged, q.lost
}

// hurry is for the drain: from now on nothing waits for company, and pauses between tries are short.
func (q *queue) hurry() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hurried = true
	q.announce()
}

// close takes nothing more and loses what is left.
func (q *queue) close(reason string) {
	q.mu.Lock()
	left := len(q.items)
	q.closed, q.items, q.bytes = true, nil, 0
	q.announce()
	q.mu.Unlock()
	if left > 0 {
		q.lose(reason, left)
	}
}

// buffered says how much is not written out yet, and which channel is closed when that changes.
func (q *queue) buffered() (int, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items), q.changed
}

// counts says how many items were written out, refused for good, and lost.
func (q *queue) counts() (flushed, rejected, lost int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.flushed, q.rejected, q.lost
}

// announce wakes everybody who waits for a change; q.mu is held.
func (q *queue) announce() {
	close(q.changed)
	q.changed = make(chan struct{})
}
