package hangar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/internal/clock"
)

// A user waits so long for a run that does not end; then it is told to give up.
const handoverBound = 20 * time.Second

// beside starts a second process of the same shared backend, as every deploy does.
func (r *rig) beside() *rig {
	r.Helper()
	other := &rig{T: r.T, server: r.server, clock: clock.NewManual(began), log: newLogBuffer(), stop: make(chan os.Signal), over: make(chan error, 1)}
	return other.runShared()
}

// eventually waits for something that no call and no line of log tells of.
func (r *rig) eventually(what string, is func() bool) {
	r.Helper()
	for limit := time.Now().Add(patience); !is(); runtime.Gosched() {
		if time.Now().After(limit) {
			r.Fatalf("never: %s; log:\n%s", what, r.log.text())
		}
	}
}

// While the old process runs her cycle, the new one's word does not move a user on.
func TestSharedEachProcessConfirms(t *testing.T) {
	old := newSharedRig(t)
	old.await(poll)
	cycle := old.startCycle()
	old.server.Place(ada, "moving")
	deployed := old.beside()
	deployed.logged("user released")
	deployed.await(poll)
	if on := old.server.PlacedOn(ada); on != "moving" {
		t.Fatalf("%s, while the old process runs them", on)
	}
	// The old one is told to end, hears of the move in its drain, and its cycle ends.
	go func() { old.stop <- syscall.SIGTERM }()
	old.logged("draining")
	old.step(poll)
	old.server.Await("placement", 3)
	old.await(poll)
	if on := old.server.PlacedOn(ada); on != "moving" {
		t.Fatalf("%s, while the old process runs them", on)
	}
	cycle.Done()
	old.exits(nil)
	if on := old.server.PlacedOn(ada); on != "dedicated" {
		t.Error(on)
	}
	// It is not waited for any more.
	old.server.Place(bob, "moving")
	deployed.step(poll)
	deployed.eventually("Bob's move waits for the one process that is left", func() bool { return old.server.PlacedOn(bob) == "dedicated" })
	names := map[string]bool{}
	for _, call := range old.server.Calls("placement/released") {
		var body struct{ Instance string }
		if err := json.Unmarshal(call.Body, &body); err != nil || body.Instance == "" {
			t.Errorf("%s %v", call.Body, err)
		}
		names[body.Instance] = true
	}
	if len(names) != 2 {
		t.Error(names)
	}
	deployed.terminate()
}

// A run that does not end holds up nobody for ever: its context ends, and with its end the user moves on.
func TestSharedCutsWhatAUserWaitsFor(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	cycle := r.startCycle()
	others := r.startCycle("built-in")
	r.server.Place(ada, "moving")
	r.step(poll)
	r.logged("trading")
	r.server.Await("placement", 2)
	r.step(poll)
	r.server.Await("placement", 3)
	r.await(handoverBound - poll)
	if cycle.Context().Err() != nil {
		t.Error("too early")
	}
	r.clock.Advance(handoverBound - poll)
	<-cycle.Context().Done()
	if cause := context.Cause(cycle.Context()); !errors.Is(cause, hangar.ErrMoved) {
		t.Error(cause)
	}
	if others.Context().Err() != nil {
		t.Error("a cycle that holds none of hers is not her matter")
	}
	if n := len(r.server.Calls("placement/released")); n != 0 {
		t.Error("released while the cycle runs")
	}
	cycle.Done()
	r.server.Await("placement/released", 1)
	r.eventually("she moves on", func() bool { return r.server.PlacedOn(ada) == "dedicated" })
	others.Done()
}

// With Run a user waits for no run but their own, and one that has not begun does not begin.
func TestSharedRunsHoldOneUserEach(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	cycle := r.startCycle()
	byID := map[string]hangar.Trader{}
	for _, trader := range cycle.Traders {
		byID[trader.ID] = trader
	}
	inBobs, release := make(chan context.Context), make(chan struct{})
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		if !cycle.Run(byID["of-bob"], func(ctx context.Context) { inBobs <- ctx; <-release }) {
			t.Error("Bob's did not run")
		}
	}()
	bobs := <-inBobs
	r.server.Place(ada, "moving")
	r.server.Place(bob, "moving")
	r.step(poll)
	r.eventually("Ada's have not begun: she moves on", func() bool { return r.server.PlacedOn(ada) == "dedicated" })
	if cycle.Run(byID["of-ada"], func(context.Context) { t.Error("hers run elsewhere") }) {
		t.Error("said that it ran")
	}
	if !cycle.Run(byID["built-in"], func(context.Context) {}) {
		t.Error("the rest of the cycle goes on")
	}
	if on := r.server.PlacedOn(bob); on != "moving" {
		t.Error(on)
	}
	r.step(poll)
	r.await(handoverBound - poll)
	r.clock.Advance(handoverBound - poll)
	<-bobs.Done()
	if cause := context.Cause(bobs); !errors.Is(cause, hangar.ErrMoved) || cycle.Context().Err() != nil {
		t.Error(cause, cycle.Context().Err())
	}
	close(release)
	all.Wait()
	r.eventually("Bob moves on, before the cycle ends", func() bool { return r.server.PlacedOn(bob) == "dedicated" })
	cycle.Done()
	if cycle.Run(byID["built-in"], func(context.Context) { t.Error("after Done") }) {
		t.Error("said that it ran")
	}
}

// A run is over when it panics, too, and a cycle when its runs are.
func TestRunsAndTheEndOfTheirCycle(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	cycle := r.startCycle()
	func() {
		defer func() { _ = recover() }()
		cycle.Run(momentum, func(context.Context) { panic("the trader's own mistake") })
	}()
	if cycle.Run(reversion, func(context.Context) {}) {
		t.Error("not a trader of this cycle")
	}
	inside, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		cycle.Run(momentum, func(ctx context.Context) {
			close(inside)
			<-release
			if ctx.Err() != nil {
				t.Error("cut off by Done")
			}
		})
	}()
	<-inside
	cycle.Done()
	if r.app.Health().Cycle != 0 {
		t.Error("over while it runs")
	}
	close(release)
	all.Wait()
	if r.app.Health().Cycle != 1 {
		t.Error("never over")
	}
	only := r.startCycle("trader-a", "somebody-elses")
	if got := ids(only.Traders); got != "trader-a" {
		t.Errorf("runs %q", got)
	}
	only.Done()
	r.terminate()
}

// After a restore Hangar may not know what it was told: whoever a complete answer calls moving is confirmed again.
func TestSharedConfirmsAgainAfterACompleteAnswer(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	r.server.Place(ada, "moving")
	r.step(poll)
	r.server.Await("placement/released", 1)
	r.await(poll)
	restored := fmt.Sprintf(`{"cursor":"99","complete":true,"users":[{"user_id":"%s","runs_on":"moving","move":1}]}`, ada)
	r.server.Script("placement", hangartest.Raw(restored))
	r.step(poll)
	r.server.Await("placement/released", 2)
	r.await(poll)
}

// Whatever was missed is known again within minutes.
func TestSharedAsksForEverybodyNowAndThen(t *testing.T) {
	r := newSharedRig(t)
	complete := 0
	for nth := 1; nth <= 60; nth++ {
		if r.askedAfter(nth) == "" {
			complete++
		}
		r.step(poll)
	}
	// 60 questions are 11 minutes: at the start, after five minutes, and after ten.
	if complete != 3 {
		t.Errorf("asked for everybody %d times", complete)
	}
}

// The list of traders is asked for by one at a time, now and then, and waited for with patience that ends.
func TestSharedTradersAreListedOnceForMany(t *testing.T) {
	var lists atomic.Int32
	answer := make(chan []hangar.Trader)
	r := newSharedRig(t, func(o *hangar.Options) {
		o.Traders = func(ctx context.Context) ([]hangar.Trader, error) {
			lists.Add(1)
			if all, isOpen := <-answer; isOpen {
				return all, nil
			}
			return everybodys[:1], nil
		}
	})
	r.await(poll)
	var all sync.WaitGroup
	for n := 0; n < 5; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			r.wantCycle("built-in of-ada of-bob")
		}()
	}
	answer <- everybodys
	all.Wait()
	r.wantCycle("built-in of-ada of-bob")
	if n := lists.Load(); n != 1 {
		t.Errorf("listed %d times", n)
	}
	// Now it hangs, and does not even heed its context: cycles go on with what is known, and do not wait again.
	r.clock.Advance(2 * time.Second)
	all.Add(1)
	go func() {
		defer all.Done()
		r.wantCycle("built-in of-ada of-bob")
	}()
	r.step(10 * time.Second)
	all.Wait()
	r.logged("traders take too long, going on with the known ones")
	r.wantCycle("built-in of-ada of-bob")
	r.eventually("it is asked a second time", func() bool { return lists.Load() == 2 })
	close(answer)
	r.eventually("what came late counts", func() bool {
		cycle := r.startCycle()
		defer cycle.Done()
		return strings.HasPrefix(ids(cycle.Traders), "built-in") && len(cycle.Traders) == 1
	})
}
