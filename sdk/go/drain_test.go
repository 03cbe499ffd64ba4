package hangar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

const deadline = 30 * time.Second

func (r *rig) shutdown(headers ...string) int {
	request := httptest.NewRequest(http.MethodPost, "/shutdown", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	r.app.Handler().ServeHTTP(answer, request)
	return answer.Code
}

func (r *rig) wantReport(want string) {
	r.Helper()
	calls := r.server.Calls("drained")
	if len(calls) == 0 {
		r.Fatal("no report")
	}
	if got := string(calls[len(calls)-1].Body); got != want {
		r.Errorf("reported %s, want %s", got, want)
	}
}

// The order of the contract: no new cycle, the running one ends, all is written out, streams close, the report, idle.
func TestDrainInOrder(t *testing.T) {
	var order []string
	r := newRig(t, momentum)
	r.run(func(o *hangar.Options) {
		o.CloseStreams = func(context.Context) {
			order = append(order, fmt.Sprintf("closed after %d signals, %d reports", len(r.server.Stored("signals")), len(r.server.Calls("drained"))))
		}
	}).trading()
	cycle := r.startCycle()
	if status := r.shutdown("X-Shutdown-Token", hangartest.ShutdownToken.Reveal()); status != http.StatusAccepted {
		t.Errorf("shutdown: %d", status)
	}
	r.logged("draining")
	r.mayNotTrade()
	if health := r.app.Health(); !health.OK || health.State != hangar.StateDraining {
		t.Errorf("%+v", health)
	}
	if cycle.Context().Err() != nil {
		t.Error("the running cycle is to be finished")
	}
	r.signal("last")
	cycle.Done()
	r.logged("drained")
	r.wantStored("signals", "last")
	r.wantReport(`{"signals_flushed":1,"executions_flushed":0,"lost":0,"rejected":0}`)
	if want := "closed after 1 signals, 0 reports"; strings.Join(order, ";") != want {
		t.Errorf("%q, want %q", order, want)
	}
	if health := r.app.Health(); health.OK {
		t.Error("an idle app calls itself healthy")
	}
	if n := len(r.server.Calls("heartbeat")); n != 1 {
		t.Errorf("%d heartbeats", n)
	}
	r.terminate()
}

func TestShutdownNeedsItsToken(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	token := hangartest.ShutdownToken.Reveal()
	for _, headers := range [][]string{
		{}, {"X-Shutdown-Token", ""}, {"X-Shutdown-Token", token + "x"}, {"X-Shutdown-Token", token[1:]},
		{"X-Shutdown-Token", "wrong", "X-Shutdown-Token", token}, {"Authorization", "Bearer " + token},
	} {
		if status := r.shutdown(headers...); status != http.StatusUnauthorized {
			t.Errorf("%q: %d", headers, status)
		}
	}
	get := httptest.NewRecorder()
	r.app.Handler().ServeHTTP(get, httptest.NewRequest(http.MethodGet, "/shutdown", nil))
	if get.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", get.Code)
	}
	r.wantState(hangar.StateTrading)
}

// Hangar is away during half of the drain, in every way there is: everything arrives exactly once.
func TestDrainWhileHangarIsAwayHalfOfTheTime(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	hold := make(chan struct{})
	r.server.Script("signals", func(w http.ResponseWriter, q *http.Request, next http.Handler) {
		// Until the drain has begun.
		<-hold
		hangartest.Drop(w, q, next)
	})
	const total = 1_700
	var want []string
	for n := 0; n < total; n++ {
		id := fmt.Sprintf("s%04d", n)
		want = append(want, id)
		r.signal(id)
	}
	r.server.Script("signals", hangartest.DropAfter, hangartest.Status(503), hangartest.Hang, hangartest.Status(401),
		hangartest.DropAfter, hangartest.Status(429, "Retry-After", "60"))
	r.server.Script("drained", hangartest.Drop, hangartest.Status(503))
	go func() { r.stop <- syscall.SIGTERM }()
	r.logged("draining")
	close(hold)
	// Long pauses are cut to two seconds: the deadline is near.
	for _, pause := range []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second} {
		r.step(pause)
	}
	r.server.Await("signals", 4)
	r.step(callTimeout)
	for n := 0; n < 4; n++ {
		r.step(2 * time.Second)
	}
	r.step(250*time.Millisecond, 500*time.Millisecond)
	r.exits(nil)
	r.wantStored("signals", want...)
	r.wantReport(fmt.Sprintf(`{"signals_flushed":%d,"executions_flushed":0,"lost":0,"rejected":0}`, total))
	if passed := r.clock.Now().Sub(began); passed > deadline {
		t.Errorf("the drain took %v", passed)
	}
}

// Whoever cannot reach Hangar at all says what is lost in the one try that is left, within the deadline.
func TestDrainWithoutHangar(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	for _, path := range []string{"signals", "drained"} {
		r.server.Always(path, hangartest.Status(503))
	}
	r.signal("s1")
	r.logged("signals not written out, trying again")
	r.await(250 * time.Millisecond)
	go func() { r.stop <- syscall.SIGTERM }()
	r.logged("draining")
	// The pause of before is over with the drain's beginning.
	r.server.Await("signals", 2)
	short := []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second}
	r.step(short...)
	for passed := 1750 * time.Millisecond; passed+2*time.Second < 25*time.Second; passed += 2 * time.Second {
		r.step(2 * time.Second)
	}
	r.await(2 * time.Second)
	r.clock.Advance(1250 * time.Millisecond)
	r.logged("not everything was written out")
	r.step(short...)
	r.step(2 * time.Second)
	r.await(2 * time.Second)
	r.clock.Advance(1250 * time.Millisecond)
	r.exits(nil)
	r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":1,"rejected":0}`)
	if line := r.logged("drained"); line["reported"] != false {
		t.Error(line)
	}
	if passed := r.clock.Now().Sub(began); passed != deadline {
		t.Errorf("the drain took %v", passed)
	}
}

// A cycle that does not end is told to give up, and counted, while there is still time to write out what it found.
func TestDrainCutsAnEndlessCycle(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	cycle := r.startCycle()
	go func() { r.stop <- syscall.SIGTERM }()
	r.logged("draining")
	r.step(21 * time.Second)
	<-cycle.Context().Done()
	if cause := context.Cause(cycle.Context()); !errors.Is(cause, hangar.ErrDrainDeadline) {
		t.Error(cause)
	}
	r.signal("late")
	cycle.Done()
	r.exits(nil)
	r.wantStored("signals", "late")
	r.wantReport(`{"signals_flushed":1,"executions_flushed":0,"lost":1,"rejected":0}`)
}

// How long the drain may take is for Hangar to say: bootstrap's word before the environment's.
func TestDrainTakesNoLongerThanHangarWaits(t *testing.T) {
	ten, none := int64(10_000), int64(0)
	for _, one := range []struct {
		bootstrap   *int64
		environment string
		own, want   time.Duration
	}{
		{&ten, "30000", 0, 7 * time.Second},
		{nil, "10000", 0, 7 * time.Second},
		{nil, "", 0, 21 * time.Second},
		{&ten, "", time.Minute, 7 * time.Second},
		{&ten, "", time.Second, 700 * time.Millisecond},
		{&none, "", 0, 0},
	} {
		r := newRig(t, momentum)
		r.server.Change(func(b *shim.Bootstrap) { b.DrainGraceMS = one.bootstrap })
		config, err := hangar.ConfigFromEnv(func(name string) string {
			if name == "HANGAR_DRAIN_GRACE_MS" {
				return one.environment
			}
			return r.server.Env(name)
		})
		if err != nil {
			t.Fatal(err)
		}
		r.runWith(config, func(o *hangar.Options) { o.DrainDeadline = one.own }).trading()
		cycle := r.startCycle()
		go func() { r.stop <- syscall.SIGTERM }()
		r.logged("draining")
		if one.want > 0 {
			r.step(one.want)
		} else {
			r.clock.Advance(time.Millisecond)
		}
		<-cycle.Context().Done()
		cycle.Done()
		r.exits(nil)
	}
}

// A cycle that does not even give up, and streams that do not close: the report comes in time all the same.
func TestDrainDoesNotWaitForEver(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, momentum).run(func(o *hangar.Options) {
		o.CloseStreams = func(context.Context) { <-release }
	}).trading()
	cycle := r.startCycle()
	go func() { r.stop <- syscall.SIGTERM }()
	r.logged("draining")
	r.step(21 * time.Second)
	<-cycle.Context().Done()
	r.clock.Advance(4 * time.Second)
	r.logged("not everything was written out")
	r.await(2900 * time.Millisecond)
	r.clock.Advance(2900 * time.Millisecond)
	r.exits(nil)
	r.logged("streams not closed in time")
	r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":1,"rejected":0}`)
	close(release)
	cycle.Done()
}

func TestDirectivesToDrain(t *testing.T) {
	t.Run("heartbeat", func(t *testing.T) {
		r := newRig(t, momentum).run().trading()
		r.server.Direct(nil, "something-new", "drain")
		r.step(30 * time.Second)
		r.logged("drained")
		r.mayNotTrade()
		r.terminate()
		r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":0,"rejected":0}`)
	})
	t.Run("bootstrap", func(t *testing.T) {
		r := newRig(t)
		r.server.Change(func(b *shim.Bootstrap) { b.Directive = "drain" })
		r.run()
		r.logged("drained")
		r.mayNotTrade()
		r.terminate()
		r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":0,"rejected":0}`)
		if n := len(r.server.Calls("heartbeat")); n != 0 {
			t.Errorf("%d heartbeats", n)
		}
	})
	t.Run("410 to the report", func(t *testing.T) {
		r := newRig(t, momentum).run().trading()
		r.server.Always("drained", hangartest.Gone)
		go func() { r.stop <- syscall.SIGTERM }()
		r.exits(nil)
		r.wantState(hangar.StateRetired)
	})
	t.Run("410 in the middle", func(t *testing.T) {
		r := newRig(t, momentum).run().trading()
		cycle := r.startCycle()
		r.server.Always("signals", hangartest.Gone)
		go func() { r.stop <- syscall.SIGTERM }()
		r.logged("draining")
		r.signal("s1")
		<-cycle.Context().Done()
		r.exits(nil)
		r.wantState(hangar.StateRetired)
		cycle.Done()
	})
}

// SIGTERM while the drain runs, and again, cuts nothing short.
func TestSIGTERMTwice(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	cycle := r.startCycle()
	r.stop <- syscall.SIGTERM
	r.logged("draining")
	r.stop <- syscall.SIGTERM
	r.stop <- syscall.SIGTERM
	if cycle.Context().Err() != nil {
		t.Error("the cycle was cut off")
	}
	r.signal("s1")
	cycle.Done()
	r.exits(nil)
	r.wantStored("signals", "s1")
	r.wantReport(`{"signals_flushed":1,"executions_flushed":0,"lost":0,"rejected":0}`)
	if n := len(r.server.Calls("drained")); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// Somebody at a keyboard who presses Ctrl-C twice does not want to wait.
func TestSIGINTTwice(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	cycle := r.startCycle()
	r.stop <- os.Interrupt
	r.logged("draining")
	r.stop <- os.Interrupt
	r.exits(hangar.ErrInterrupted)
	if cycle.Context().Err() == nil {
		t.Error("the cycle goes on")
	}
	cycle.Done()
}

// A machine that is stopped before Hangar answers has nothing to save: one report, because Hangar may wait for it.
func TestSIGTERMBeforeTheFirstBootstrap(t *testing.T) {
	r := newRig(t, momentum)
	r.server.Always("bootstrap", hangartest.Status(503))
	r.server.Always("drained", hangartest.Status(503))
	r.run()
	r.server.Await("bootstrap", 1)
	r.await(250 * time.Millisecond)
	r.stop <- syscall.SIGTERM
	r.exits(nil)
	if n := len(r.server.Calls("drained")); n != 1 {
		t.Errorf("%d reports", n)
	}
}

func TestTheProcessesOwnSIGTERM(t *testing.T) {
	r := newRig(t, momentum).run(func(o *hangar.Options) { o.Stop = nil }).trading()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.exits(nil)
	r.wantState(hangar.StateDrained)
}

func TestTheCloseOfStop(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	close(r.stop)
	r.exits(nil)
	r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":0,"rejected":0}`)
}

func TestRunTwice(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	if err := r.app.Run(context.Background()); !errors.Is(err, hangar.ErrRunTwice) {
		t.Error(err)
	}
	r.wantState(hangar.StateTrading)
	r.terminate()
}

func TestTheEndOfTheContext(t *testing.T) {
	r := newRig(t, momentum)
	config, err := hangar.ConfigFromEnv(r.server.Env)
	if err != nil {
		t.Fatal(err)
	}
	app, err := hangar.New(config, r.options())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { r.over <- app.Run(ctx) }()
	r.app = app
	r.trading()
	cycle := r.startCycle()
	cancel()
	r.logged("draining")
	if cycle.Context().Err() != nil {
		t.Error("the cycle was cut off")
	}
	cycle.Done()
	r.exits(nil)
	r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":0,"rejected":0}`)
}
