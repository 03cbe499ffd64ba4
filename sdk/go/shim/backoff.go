package shim

import (
	"math/rand"
	"time"
)

// Backoff is the pause between tries: First, doubled each time up to Max, minus up to a fifth so that many apps do
// not come at once.
type Backoff struct {
	First, Max time.Duration
	// Jitter returns a number in [0,1); default math/rand.
	Jitter func() float64
}

// After is the pause after this many failures in a row, or what Hangar asked for with err, if that is longer.
func (b Backoff) After(failures int, err error) time.Duration {
	pause := b.First
	for n := 1; n < failures && pause < b.Max; n++ {
		pause *= 2
	}
	pause = min(pause, b.Max)
	jitter := b.Jitter
	if jitter == nil {
		jitter = rand.Float64
	}
	pause -= time.Duration(float64(pause) * 0.2 * jitter())
	return max(pause, RetryAfter(err))
}
