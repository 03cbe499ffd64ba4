package hangar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/metrics"
	"github.com/vyx/hangar/sdk/go/shim"
)

// State of an [App]; the package's documentation shows how they follow each other.
type State string

const (
	StateStarting State = "starting"
	StateTrading  State = "trading"
	StateDraining State = "draining"
	StateDrained  State = "drained"
	StateRetired  State = "retired"
)

// ErrRunTwice is a second call of [App.Run]: what an app was in its first life it would be twice.
var ErrRunTwice = errors.New("hangar: Run was called before")

// ErrInterrupted is a second SIGINT: whoever pressed Ctrl-C twice does not want to wait for the drain.
var ErrInterrupted = errors.New("hangar: interrupted")

// App is one process: a user's app or the shared backend. Make it with [New], run it with [App.Run], and begin each
// cycle with [App.StartCycle].
type App struct {
	config  Config
	options Options
	log     *slog.Logger
	clock   clock.Clock
	client  *shim.Client

	cycles     *cycles
	roster     *roster
	traders    *traderList
	signals    *queue
	executions *queue
	metrics    *metrics.Registry
	counted    counters

	// Closed once each: somebody asked for the end; the process was told to end.
	draining, terminated onceSignal
	// Ends with a 410: all that this app does ends with it.
	alive context.Context
	kill  context.CancelCauseFunc

	ran atomic.Bool
	// How long Hangar waits for a drain, as bootstrap said last; zero where it has not.
	grace atomic.Int64

	mu          sync.Mutex
	state       State
	drainReason string
	supabase    *Supabase
}

// New returns an app that does nothing yet.
func New(config Config, options Options) (*App, error) {
	if config.Mode != ModeShared && config.Mode != ModeDedicated {
		return nil, fmt.Errorf("hangar: unknown run mode %q", config.Mode)
	}
	if config.Mode == ModeShared && options.Traders == nil {
		return nil, errors.New("hangar: the shared mode needs Options.Traders")
	}
	if config.Mode == ModeShared && options.Sink == nil {
		return nil, errors.New("hangar: the shared mode needs Options.Sink")
	}
	app := &App{
		config:  config,
		options: options.withDefaults(),
		roster:  newRoster(config.Mode),
		metrics: &metrics.Registry{},
		state:   StateStarting,

		draining: newOnceSignal(), terminated: newOnceSignal(),
	}
	app.alive, app.kill = context.WithCancelCause(context.Background())
	app.log, app.clock = app.options.Logger, app.options.clock
	app.cycles = newCycles(app.clock.Now, app.roster.allows, func() { app.counted.cycles.Add(1) })
	app.traders = newTraderList(app.options.Traders, app.takeAll, app.clock, app.log)
	token := config.Token
	if config.Mode == ModeShared {
		token = config.SharedToken
	}
	app.client = shim.New(shim.Options{
		URL: config.URL, Token: token, MachineID: config.MachineID,
		ProcessID: newID(), StartedAt: app.clock.Now(),
		Transport: app.options.Transport, Clock: app.clock, Observe: app.observeCall,
	})
	app.signals, app.executions = app.newQueues()
	app.registerMetrics()
	return app, nil
}

// Run does all that the contract asks for until the process is told to end (SIGTERM, SIGINT or the end of ctx), and
// returns nil then: end the process with exit code 0. It is to be called once, and returns [ErrRunTwice] else.
func (a *App) Run(ctx context.Context) error {
	if a.ran.Swap(true) {
		return ErrRunTwice
	}
	defer a.client.Close()
	defer a.kill(ErrStopped)
	interrupted := a.listenForStop(ctx)
	defer interrupted.stop()

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.live()
	}()
	select {
	case <-ended:
	case <-interrupted.twice:
		a.markGone()
		<-ended
		return ErrInterrupted
	}
	// Idle: a program that exits by itself is started again.
	<-a.terminated.C
	a.log.Info("exit")
	return nil
}

// live is the app's life until it is idle.
func (a *App) live() {
	// Calls to Hangar that follow it end with trading; what is written out goes on through the drain.
	following, stopFollowing := context.WithCancelCause(a.alive)
	delivering, stopDelivering := context.WithCancelCause(a.alive)
	defer stopFollowing(ErrStopped)
	defer stopDelivering(ErrStopped)
	follower := background(func() { a.follow(following) })
	deliverer := background(func() { a.deliver(delivering) })

	select {
	case <-a.draining.C:
	case <-a.alive.Done():
	}
	a.cycles.close()
	endFollowing := func() {
		stopFollowing(ErrStopped)
		<-follower
	}
	if a.config.Mode == ModeDedicated {
		endFollowing()
	}
	if a.alive.Err() == nil {
		a.drain(func() {
			stopDelivering(ErrStopped)
			<-deliverer
		})
	}
	if a.config.Mode == ModeShared {
		// Not before: its last cycles ran until now, and some user may have waited for one of them.
		endFollowing()
		a.leave()
	}
	stopDelivering(ErrStopped)
	<-deliverer
	if a.alive.Err() != nil {
		a.retire()
	}
}

// retire stops everything at once: another machine, or another life of this app, may be trading already.
func (a *App) retire() {
	a.signals.close(lostUndelivered)
	a.executions.close(lostUndelivered)
	a.enter(StateRetired)
}

// Drain begins the graceful end, once; every later call changes nothing.
func (a *App) Drain(reason string) {
	a.mu.Lock()
	if a.drainReason == "" {
		a.drainReason = reason
	}
	a.mu.Unlock()
	a.draining.set()
}

// markGone is for a 410: trading ends here and now.
func (a *App) markGone() {
	a.cycles.close()
	a.cycles.cancel(shim.ErrGone)
	a.kill(shim.ErrGone)
}

// State is where the app is in its life.
func (a *App) State() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

func (a *App) enter(next State, fields ...any) {
	a.mu.Lock()
	from := a.state
	a.state = next
	a.mu.Unlock()
	if from != next {
		a.log.Info(string(next), append([]any{"from", from}, fields...)...)
	}
}

// Supabase returns what opens the user's own rows now, or nil where Hangar gives no such token. Ask each time: it is
// replaced before it ends.
func (a *App) Supabase() *Supabase {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.supabase
}

// StartCycle waits until traders may run and begins a cycle with those that may or, where ids are given, with those
// among them that may. It returns [ErrStopped] once trading is over. Cycles may overlap: a program that runs each trader
// at its own pace begins a cycle with that trader's id for each run.
func (a *App) StartCycle(ctx context.Context, traderIDs ...string) (*Cycle, error) {
	if err := a.cycles.wait(ctx); err != nil {
		return nil, err
	}
	if a.config.Mode == ModeShared {
		a.traders.refresh(ctx)
	}
	return a.cycles.start(ctx, func() []Trader { return a.roster.choose(traderIDs) })
}

// takeAll is told about every trader there is, in the shared backend. It says once of each that it cannot run.
func (a *App) takeAll(all []Trader) {
	for _, trader := range a.roster.setTraders(all) {
		a.log.Error("trader never runs: it needs an id, and to be built in or to have its user's UUID",
			"trader_id", trader.ID, "name", trader.Name, "user_id", trader.UserID)
	}
}

// onceSignal is a channel that is closed once, by whoever is first.
type onceSignal struct {
	C    chan struct{}
	once *sync.Once
}

func newOnceSignal() onceSignal { return onceSignal{make(chan struct{}), &sync.Once{}} }

func (s onceSignal) set() { s.once.Do(func() { close(s.C) }) }

// background runs f; the channel is closed when it is over.
func background(f func()) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		f()
	}()
	return over
}

// millis is a duration on the wire; what is missing or makes no sense is the fallback.
func millis(ms int64, fallback time.Duration) time.Duration {
	const most = 24 * 60 * 60 * 1000
	if ms < 1 || ms > most {
		return fallback
	}
	return time.Duration(ms) * time.Millisecond
}
