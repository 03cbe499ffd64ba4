// Package metrics writes counters and gauges in Prometheus' text format.
package metrics

import (
	"fmt"
	"io"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Registry holds metrics. As an http.Handler it serves them.
type Registry struct {
	mu      sync.Mutex
	metrics []*metric
}

type metric struct {
	name, help, kind string
	labels           []string
	series           map[string]float64
	read             func() float64
}

// Counter is a number for each combination of label values that only grows.
type Counter struct {
	registry *Registry
	metric   *metric
}

// Counter adds a counter. Without labels its one series begins at zero; with labels, call Add(0, …) for those that
// are known, so that a rate over them exists before the first event.
func (r *Registry) Counter(name, help string, labels ...string) *Counter {
	added := &metric{name: name, help: help, kind: "counter", labels: labels, series: map[string]float64{}}
	if len(labels) == 0 {
		added.series[""] = 0
	}
	r.add(added)
	return &Counter{registry: r, metric: added}
}

// Add adds n, which is not negative, to the series of these label values.
func (c *Counter) Add(n float64, values ...string) {
	if len(values) != len(c.metric.labels) || n < 0 {
		panic(fmt.Sprintf("metrics: Add(%v, %q) to %s%q", n, values, c.metric.name, c.metric.labels))
	}
	pairs := make([]string, len(values))
	for i, value := range values {
		pairs[i] = c.metric.labels[i] + `="` + escaped(value, true) + `"`
	}
	series := strings.Join(pairs, ",")
	c.registry.mu.Lock()
	defer c.registry.mu.Unlock()
	c.metric.series[series] += n
}

// Gauge adds a number that is read whenever somebody looks.
func (r *Registry) Gauge(name, help string, read func() float64) {
	r.add(&metric{name: name, help: help, kind: "gauge", read: read})
}

func (r *Registry) add(added *metric) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.metrics {
		if known.name == added.name {
			panic("metrics: " + added.name + " is there already")
		}
	}
	r.metrics = append(r.metrics, added)
}

// WriteText writes all metrics, in the order in which they were added.
func (r *Registry) WriteText(w io.Writer) error {
	_, err := io.WriteString(w, r.text())
	return err
}

func (r *Registry) text() string {
	r.mu.Lock()
	all := append([]*metric(nil), r.metrics...)
	r.mu.Unlock()
	var text strings.Builder
	for _, one := range all {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", one.name, escaped(one.help, false), one.name, one.kind)
		if one.read != nil {
			// Outside the lock: what it reads may count something.
			fmt.Fprintf(&text, "%s %s\n", one.name, number(one.read()))
			continue
		}
		r.mu.Lock()
		names := make([]string, 0, len(one.series))
		for name := range one.series {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Fprintf(&text, "%s%s %s\n", one.name, braced(name), number(one.series[name]))
		}
		r.mu.Unlock()
	}
	return text.String()
}

// ServeHTTP answers a scrape.
func (r *Registry) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	// Whoever went away does not need the rest.
	_ = r.WriteText(w)
}

func braced(series string) string {
	if series == "" {
		return ""
	}
	return "{" + series + "}"
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

func escaped(text string, quotes bool) string {
	text = strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(text)
	if quotes {
		text = strings.ReplaceAll(text, `"`, `\"`)
	}
	return text
}
