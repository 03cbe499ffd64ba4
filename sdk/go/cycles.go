package hangar

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrStopped is what [App.StartCycle] says once trading is over: by a drain, or because this app or machine is.
var ErrStopped = errors.New("hangar: trading is over")

// Cycle is one run of traders. Every cycle that was started has to be ended with Done: the drain waits for it, and so
// does the user whose traders move elsewhere.
type Cycle struct {
	// Traders to run, and no others.
	Traders []Trader

	ctx    context.Context
	cancel context.CancelCauseFunc
	end    func()
}

// Context ends when the cycle has to be given up: this app is over, or the drain is out of time.
func (c *Cycle) Context() context.Context { return c.ctx }

// Done ends the cycle. Only the first call counts.
func (c *Cycle) Done() { c.end() }

// cycles knows what runs, and lets nothing new begin once it is closed.
type cycles struct {
	mu      sync.Mutex
	open    bool
	closed  bool
	running map[*Cycle]struct{}
	// Closed and replaced with every change.
	changed chan struct{}

	count  int
	lastAt time.Time
}

func newCycles() *cycles {
	return &cycles{running: map[*Cycle]struct{}{}, changed: make(chan struct{})}
}

// admit lets cycles begin; after close it changes nothing.
func (c *cycles) admit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = true
	c.announce()
}

// close lets no further cycle begin.
func (c *cycles) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.announce()
}

// cancel tells the running cycles to give up.
func (c *cycles) cancel(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for cycle := range c.running {
		cycle.cancel(cause)
	}
}

// wait blocks until cycles may begin.
func (c *cycles) wait(ctx context.Context) error {
	for {
		c.mu.Lock()
		open, closed, changed := c.open, c.closed, c.changed
		c.mu.Unlock()
		switch {
		case closed:
			return ErrStopped
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case open:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// start begins a cycle with what choose returns. Choosing and beginning are one step: whoever is told afterwards that
// a user's traders must stop finds the cycle that runs them.
func (c *cycles) start(ctx context.Context, now func() time.Time, choose func() []Trader) (*Cycle, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrStopped
	}
	cycle := &Cycle{Traders: choose()}
	// The caller's context may end with SIGTERM, and the running cycle is to be finished then.
	cycle.ctx, cycle.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	var once sync.Once
	cycle.end = func() {
		once.Do(func() {
			cycle.cancel(context.Canceled)
			c.mu.Lock()
			defer c.mu.Unlock()
			delete(c.running, cycle)
			c.count++
			c.lastAt = now()
			c.announce()
		})
	}
	c.running[cycle] = struct{}{}
	return cycle, nil
}

// idle says whether nothing runs, and which channel is closed when that may have changed.
func (c *cycles) idle() (bool, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.running) == 0, c.changed
}

// runAny says whether a running cycle holds a trader that matches.
func (c *cycles) runAny(matches func(Trader) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for cycle := range c.running {
		if slices.ContainsFunc(cycle.Traders, matches) {
			return true
		}
	}
	return false
}

// unfinished counts the cycles that run.
func (c *cycles) unfinished() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.running)
}

// progress is how many cycles have ended, and when the last one did.
func (c *cycles) progress() (count int, lastAt time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count, c.lastAt
}

// announce wakes everybody who waits for a change; c.mu is held.
func (c *cycles) announce() {
	close(c.changed)
	c.changed = make(chan struct{})
}
