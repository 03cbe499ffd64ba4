package clock

import (
	"fmt"
	"sync"
	"time"
)

// Manual is a clock that stands still until a test moves it.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	pending map[*manualTimer]struct{}
	changed chan struct{}
}

// NewManual returns a clock that shows start.
func NewManual(start time.Time) *Manual {
	return &Manual{now: start, pending: map[*manualTimer]struct{}{}, changed: make(chan struct{})}
}

// Now is the time that the clock was moved to.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// NewTimer returns a timer that fires when the clock has been moved by d.
func (m *Manual) NewTimer(d time.Duration) Timer {
	m.mu.Lock()
	defer m.mu.Unlock()
	timer := &manualTimer{clock: m, at: m.now.Add(d), after: d, fired: make(chan time.Time, 1)}
	if d <= 0 {
		timer.fired <- m.now
		return timer
	}
	m.pending[timer] = struct{}{}
	m.announce()
	return timer
}

// Advance moves the clock and fires what is due by then.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	for timer := range m.pending {
		if !timer.at.After(m.now) {
			delete(m.pending, timer)
			timer.fired <- m.now
		}
	}
	m.announce()
}

// Await blocks until somebody waits for a timer that was made for exactly d, for at most ten seconds of real time.
func (m *Manual) Await(d time.Duration) error {
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		found, changed := m.look(d)
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-limit.C:
			return fmt.Errorf("nobody waits for %v; pending are %v", d, m.Pending())
		}
	}
}

// Pending lists for how long the timers that have not fired were made.
func (m *Manual) Pending() []time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []time.Duration
	for timer := range m.pending {
		all = append(all, timer.after)
	}
	return all
}

func (m *Manual) look(d time.Duration) (found bool, changed <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for timer := range m.pending {
		if timer.after == d {
			return true, m.changed
		}
	}
	return false, m.changed
}

// announce wakes everybody in Await; m.mu is held.
func (m *Manual) announce() {
	close(m.changed)
	m.changed = make(chan struct{})
}

type manualTimer struct {
	clock *Manual
	at    time.Time
	after time.Duration
	fired chan time.Time
}

func (t *manualTimer) C() <-chan time.Time { return t.fired }

func (t *manualTimer) Stop() {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if _, waits := t.clock.pending[t]; waits {
		delete(t.clock.pending, t)
		t.clock.announce()
	}
}
