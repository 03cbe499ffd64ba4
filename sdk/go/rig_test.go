package hangar_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/internal/clock"
)

var momentum = hangar.Trader{ID: "trader-a", Name: "Momentum", Definition: json.RawMessage(`{"every":1}`)}
var reversion = hangar.Trader{ID: "trader-b", Name: "Reversion", Definition: json.RawMessage(`{}`)}

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// rig is an app against the contract's double, on a clock that only the test moves.
type rig struct {
	*testing.T
	server *hangartest.Server
	clock  *clock.Manual
	app    *hangar.App
	log    *logBuffer
	stop   chan os.Signal
	over   chan error
	ended  bool
}

// patience is how long a test waits, in real time, for something that happens in no time.
const patience = 10 * time.Second

func newRig(t *testing.T, traders ...hangar.Trader) *rig {
	t.Helper()
	noLeaks(t)
	return &rig{
		T: t, server: hangartest.NewServer(t, traders...),
		clock: clock.NewManual(began),
		log:   newLogBuffer(), stop: make(chan os.Signal), over: make(chan error, 1),
	}
}

func (r *rig) options() hangar.Options {
	options := hangar.Options{
		Version: "test", Linger: -1, Stop: r.stop,
		Logger: slog.New(slog.NewJSONHandler(r.log, nil)),
	}
	options.Hold(r.clock)
	return options
}

// run starts a dedicated app.
func (r *rig) run(change ...func(*hangar.Options)) *rig {
	r.Helper()
	config, err := hangar.ConfigFromEnv(r.server.Env)
	if err != nil {
		r.Fatal(err)
	}
	return r.runWith(config, change...)
}

func (r *rig) runWith(config hangar.Config, change ...func(*hangar.Options)) *rig {
	r.Helper()
	options := r.options()
	for _, one := range change {
		one(&options)
	}
	app, err := hangar.New(config, options)
	if err != nil {
		r.Fatal(err)
	}
	r.app = app
	go func() { r.over <- app.Run(context.Background()) }()
	r.Cleanup(r.abandon)
	return r
}

// trading waits until the first heartbeat was answered.
func (r *rig) trading() *rig {
	r.Helper()
	r.server.Await("heartbeat", 1)
	r.await(30 * time.Second)
	return r
}

func (r *rig) await(d time.Duration) {
	r.Helper()
	if err := r.clock.Await(d); err != nil {
		r.Fatal(err)
	}
}

// step waits until somebody waits for d, and lets d pass.
func (r *rig) step(all ...time.Duration) {
	r.Helper()
	for _, d := range all {
		r.await(d)
		r.clock.Advance(d)
	}
}

func (r *rig) logged(message string) map[string]any {
	r.Helper()
	line, err := r.log.await(message)
	if err != nil {
		r.Fatal(err)
	}
	return line
}

func (r *rig) terminate() {
	r.Helper()
	r.ended = true
	select {
	case r.stop <- syscall.SIGTERM:
	case <-time.After(patience):
		r.Fatal("nobody listens for SIGTERM")
	}
	r.exits(nil)
}

// abandon ends an app that the test has not ended. Whatever it waits for, time flies.
func (r *rig) abandon() {
	if r.ended {
		return
	}
	go func() { r.stop <- syscall.SIGTERM }()
	for limit := time.Now().Add(patience); time.Now().Before(limit); runtime.Gosched() {
		select {
		case <-r.over:
			return
		default:
			r.clock.Advance(time.Second)
		}
	}
	r.Errorf("Run did not return; pending timers %v; log:\n%s", r.clock.Pending(), r.log.text())
}

// exits waits for Run to return.
func (r *rig) exits(want error) {
	r.Helper()
	r.ended = true
	select {
	case err := <-r.over:
		if !errors.Is(err, want) {
			r.Errorf("Run returned %v, want %v", err, want)
		}
	case <-time.After(patience):
		r.Fatalf("Run did not return; pending timers %v; log:\n%s", r.clock.Pending(), r.log.text())
	}
}

func (r *rig) signal(id string) {
	r.Helper()
	if err := r.app.Signal(context.Background(), hangar.Signal{ClientID: id, TraderID: momentum.ID, Symbol: "BTCUSDT"}); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) startCycle(traderIDs ...string) *hangar.Cycle {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cycle, err := r.app.StartCycle(ctx, traderIDs...)
	if err != nil {
		r.Fatal(err)
	}
	return cycle
}

func (r *rig) mayNotTrade() {
	r.Helper()
	if _, err := r.app.StartCycle(context.Background()); !errors.Is(err, hangar.ErrStopped) {
		r.Errorf("StartCycle: %v, want ErrStopped", err)
	}
}

func (r *rig) wantState(want hangar.State) {
	r.Helper()
	if got := r.app.State(); got != want {
		r.Errorf("state %s, want %s", got, want)
	}
}

// wantStored checks that exactly these were stored, each once, in this order.
func (r *rig) wantStored(kind string, want ...string) {
	r.Helper()
	var got []string
	for _, item := range r.server.Stored(kind) {
		got = append(got, item.ClientID)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		r.Errorf("stored %s %v, want %v", kind, got, want)
	}
}

func ids(traders []hangar.Trader) string {
	var all []string
	for _, trader := range traders {
		all = append(all, trader.ID)
	}
	return strings.Join(all, " ")
}

// logBuffer keeps what was logged, a JSON object a line.
type logBuffer struct {
	mu      sync.Mutex
	buffer  bytes.Buffer
	changed chan struct{}
}

func newLogBuffer() *logBuffer { return &logBuffer{changed: make(chan struct{})} }

func (l *logBuffer) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.buffer.Write(line)
}

func (l *logBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func (l *logBuffer) lines(message string) []map[string]any {
	var found []map[string]any
	for _, text := range strings.Split(l.text(), "\n") {
		var line map[string]any
		if json.Unmarshal([]byte(text), &line) == nil && line["msg"] == message {
			found = append(found, line)
		}
	}
	return found
}

func (l *logBuffer) await(message string) (map[string]any, error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if lines := l.lines(message); len(lines) > 0 {
			return lines[0], nil
		}
		select {
		case <-changed:
		case <-limit.C:
			return nil, errors.New("never logged: " + message + "; but:\n" + l.text())
		}
	}
}

// noLeaks fails the test when it leaves goroutines of this module behind. Call it before anything is started.
func noLeaks(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		stacks := make([]byte, 1<<20)
		for deadline := time.Now().Add(patience); ; runtime.Gosched() {
			all := string(stacks[:runtime.Stack(stacks, true)])
			left := 0
			for _, stack := range strings.Split(all, "\n\n") {
				if strings.Contains(stack, "vyx/hangar/sdk/go") && !strings.Contains(stack, "testing.(*T)") &&
					!strings.Contains(stack, "testing.(*F)") && !strings.Contains(stack, "testing.Main") {
					left++
				}
			}
			if left == 0 || t.Failed() {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines are left:\n%s", left, all)
				return
			}
		}
	})
}
