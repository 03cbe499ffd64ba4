package hangar

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

var (
	// ErrStopped is what [App.StartCycle] says once trading is over: by a drain, or because this app or machine is.
	ErrStopped = errors.New("hangar: trading is over")
	// ErrMoved is why the context of a cycle or run ends that holds traders of a user who waits for them elsewhere.
	ErrMoved = errors.New("hangar: the user's traders move to their own app")
)

// Cycle is one run of traders. Every cycle that was started has to be ended with Done: the drain waits for it, and so
// do the users whose traders move elsewhere.
//
// A cycle holds all of its Traders until Done, unless it runs them with Run: then it holds only those that run just
// now. A cycle uses Run for all of them or for none.
type Cycle struct {
	// Traders to run, and no others.
	Traders []Trader

	ctx    context.Context
	cancel context.CancelCauseFunc
	group  *cycles

	// With group.mu.
	byRun bool
	runs  map[*run]struct{}
	done  bool
}

type run struct {
	trader Trader
	cancel context.CancelCauseFunc
}

// Context ends when the cycle has to be given up: this app is over, the drain is out of time, or a user whose traders
// it holds has waited for them for too long.
func (c *Cycle) Context() context.Context { return c.ctx }

// Run runs one of the cycle's Traders, with a context that ends as Context does, but because of that trader's user
// only. It returns false, and runs nothing, where the trader may not run any more. Runs may go on at the same time.
func (c *Cycle) Run(trader Trader, f func(ctx context.Context)) bool {
	ctx, cancel := context.WithCancelCause(c.ctx)
	one := &run{trader: trader, cancel: cancel}
	defer cancel(context.Canceled)
	if !c.group.begin(c, one) {
		return false
	}
	defer c.group.finish(c, one)
	f(ctx)
	return true
}

// Done ends the cycle, once its runs are over. Only the first call counts.
func (c *Cycle) Done() { c.group.end(c) }

// cycles knows what runs, and lets nothing new begin once it is closed.
type cycles struct {
	now func() time.Time
	// Whether a trader may run now.
	allows func(Trader) bool
	// Told about each cycle that has ended.
	ended func()

	mu      sync.Mutex
	open    bool
	closed  bool
	running map[*Cycle]struct{}
	// Closed and replaced with every change.
	changed chan struct{}

	count  int
	lastAt time.Time
}

func newCycles(now func() time.Time, allows func(Trader) bool, ended func()) *cycles {
	return &cycles{now: now, allows: allows, ended: ended, running: map[*Cycle]struct{}{}, changed: make(chan struct{})}
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
func (c *cycles) start(ctx context.Context, choose func() []Trader) (*Cycle, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrStopped
	}
	cycle := &Cycle{Traders: choose(), group: c, runs: map[*run]struct{}{}}
	// The caller's context may end with SIGTERM, and the running cycle is to be finished then.
	cycle.ctx, cycle.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	c.running[cycle] = struct{}{}
	return cycle, nil
}

// begin notes that a cycle runs one of its traders, if it still may. As in start, that is one step.
func (c *cycles) begin(cycle *Cycle, one *run) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	isOfCycle := func(trader Trader) bool { return trader.ID == one.trader.ID }
	if cycle.done || cycle.ctx.Err() != nil || !slices.ContainsFunc(cycle.Traders, isOfCycle) || !c.allows(one.trader) {
		return false
	}
	cycle.byRun = true
	cycle.runs[one] = struct{}{}
	c.announce()
	return true
}

func (c *cycles) finish(cycle *Cycle, one *run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(cycle.runs, one)
	// A long cycle of many short runs is at work.
	c.lastAt = c.now()
	c.forget(cycle)
	c.announce()
}

func (c *cycles) end(cycle *Cycle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cycle.done = true
	c.forget(cycle)
	c.announce()
}

// forget takes a cycle out that is done and runs nothing more; c.mu is held.
func (c *cycles) forget(cycle *Cycle) {
	if _, isKnown := c.running[cycle]; !isKnown || !cycle.done || len(cycle.runs) > 0 {
		return
	}
	delete(c.running, cycle)
	cycle.cancel(context.Canceled)
	c.count++
	c.lastAt = c.now()
	c.ended()
}

// idle says whether nothing runs, and which channel is closed when that may have changed.
func (c *cycles) idle() (bool, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.running) == 0, c.changed
}

// holds says whether a running cycle holds a trader that matches.
func (c *cycles) holds(matches func(Trader) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for cycle := range c.running {
		if cycle.holds(matches) {
			return true
		}
	}
	return false
}

// giveUp tells whatever holds a trader that matches to give up, and returns how many that are.
func (c *cycles) giveUp(matches func(Trader) bool, cause error) (told int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for cycle := range c.running {
		if !cycle.byRun && cycle.holds(matches) {
			cycle.cancel(cause)
			told++
		}
		for one := range cycle.runs {
			if matches(one.trader) {
				one.cancel(cause)
				told++
			}
		}
	}
	return told
}

// holds is with group.mu held.
func (c *Cycle) holds(matches func(Trader) bool) bool {
	if !c.byRun {
		return slices.ContainsFunc(c.Traders, matches)
	}
	for one := range c.runs {
		if matches(one.trader) {
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
