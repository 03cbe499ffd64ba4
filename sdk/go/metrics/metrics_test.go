package metrics_test

import (
	"os"
	"testing"

	"github.com/vyx/hangar/sdk/go/metrics"
)

func ExampleRegistry() {
	var registry metrics.Registry
	cycles := registry.Counter("cycles_total", "Cycles run.")
	orders := registry.Counter("orders_total", "Orders by side.", "side")
	registry.Gauge("open_positions", "Positions that are open.", func() float64 { return 2.5 })
	cycles.Add(3)
	orders.Add(0, "buy")
	orders.Add(1, `se"ll`)
	_ = registry.WriteText(os.Stdout)
	// Output:
	// # HELP cycles_total Cycles run.
	// # TYPE cycles_total counter
	// cycles_total 3
	// # HELP orders_total Orders by side.
	// # TYPE orders_total counter
	// orders_total{side="buy"} 0
	// orders_total{side="se\"ll"} 1
	// # HELP open_positions Positions that are open.
	// # TYPE open_positions gauge
	// open_positions 2.5
}

func TestMistakesPanic(t *testing.T) {
	var registry metrics.Registry
	counter := registry.Counter("a_total", "A.", "label")
	for name, mistake := range map[string]func(){
		"a second of the name":   func() { registry.Gauge("a_total", "A.", nil) },
		"a label too few":        func() { counter.Add(1) },
		"a counter that shrinks": func() { counter.Add(-1, "x") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(name)
				}
			}()
			mistake()
		}()
	}
}
