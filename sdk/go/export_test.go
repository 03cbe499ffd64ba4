package hangar

import "github.com/vyx/hangar/sdk/go/internal/clock"

// Hold makes time stand still until the test moves it, and pauses as long as they are at most.
func (o *Options) Hold(c clock.Clock) {
	o.clock, o.jitter = c, func() float64 { return 0 }
}
