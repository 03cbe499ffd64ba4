package hangar_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

// What each answer of the contract's table means for trading, for each of the calls that an app makes while it trades.

// callTimeout is what the app gives one call.
const callTimeout = shim.DefaultTimeout

type ordered struct {
	name   string
	answer hangartest.Answer
	// What passes before the call is over, and from then until it is repeated.
	during, pause time.Duration
}

var goesOn = []ordered{
	{"429 with Retry-After", hangartest.Status(429, "Retry-After", "40"), 0, 40 * time.Second},
	{"429 without", hangartest.Status(429), 0, 250 * time.Millisecond},
	{"503 with Retry-After", hangartest.Status(503, "Retry-After", "2"), 0, 2 * time.Second},
	{"503 without", hangartest.Status(503), 0, 250 * time.Millisecond},
	{"500", hangartest.Status(500), 0, 250 * time.Millisecond},
	{"404", hangartest.Status(404), 0, 250 * time.Millisecond},
	{"410 of something else", hangartest.Status(410), 0, 250 * time.Millisecond},
	{"a redirect", hangartest.Status(302, "Location", "http://127.0.0.1:1/"), 0, 250 * time.Millisecond},
	{"a broken connection", hangartest.Drop, 0, 250 * time.Millisecond},
	{"done, and the connection broken", hangartest.DropAfter, 0, 250 * time.Millisecond},
	{"no answer", hangartest.Hang, callTimeout, 250 * time.Millisecond},
	{"something else's page", hangartest.Raw("<html>"), 0, 250 * time.Millisecond},
}

func TestHeartbeatAnswers(t *testing.T) {
	answers := append([]ordered{
		{"401", hangartest.Status(401), 0, 30 * time.Second},
		{"413", hangartest.Status(413), 0, 30 * time.Second},
		{"422", hangartest.Status(422), 0, 30 * time.Second},
	}, goesOn...)
	for _, one := range answers {
		t.Run(one.name, func(t *testing.T) {
			r := newRig(t, momentum)
			r.server.Script("heartbeat", one.answer)
			r.run()
			r.server.Await("heartbeat", 1)
			if one.during > 0 {
				r.step(one.during)
			}
			r.logged("heartbeat failed, going on")
			r.wantState(hangar.StateTrading)
			cycle := r.startCycle()
			if got := ids(cycle.Traders); got != "trader-a" {
				t.Errorf("runs %q", got)
			}
			cycle.Done()
			r.step(one.pause)
			r.server.Await("heartbeat", 2)
			r.await(30 * time.Second)
		})
	}
}

func TestBootstrapAnswers(t *testing.T) {
	foreign := func(change func(*shim.Bootstrap)) hangartest.Answer {
		answer := map[string]any{
			"user_id": hangartest.UserID, "generation": hangartest.Generation, "directive": "run",
			"placement": "dedicated", "traders": []any{map[string]any{"id": "foreign", "name": "Foreign"}},
		}
		body := shim.Bootstrap{UserID: hangartest.UserID, Generation: hangartest.Generation}
		change(&body)
		answer["user_id"], answer["generation"] = body.UserID, body.Generation
		text, _ := json.Marshal(answer)
		return hangartest.Raw(string(text))
	}
	answers := append([]ordered{
		{"401", hangartest.Status(401), 0, 250 * time.Millisecond},
		{"413", hangartest.Status(413), 0, 250 * time.Millisecond},
		{"422", hangartest.Status(422), 0, 250 * time.Millisecond},
		{"304 to a question without ETag", hangartest.Status(304), 0, 250 * time.Millisecond},
		{"another user's", foreign(func(b *shim.Bootstrap) { b.UserID = "22222222-2222-4222-8222-222222222222" }), 0, 250 * time.Millisecond},
		{"another generation's", foreign(func(b *shim.Bootstrap) { b.Generation++ }), 0, 250 * time.Millisecond},
	}, goesOn...)
	for _, one := range answers {
		t.Run(one.name, func(t *testing.T) {
			r := newRig(t, momentum)
			r.server.Script("bootstrap", one.answer)
			r.run()
			r.server.Await("bootstrap", 1)
			if one.during > 0 {
				r.step(one.during)
			}
			r.logged("bootstrap failed")
			r.wantState(hangar.StateStarting)
			if r.app.Health().OK {
				t.Error("healthy before the first bootstrap")
			}
			r.step(one.pause)
			r.trading()
			cycle := r.startCycle()
			if got := ids(cycle.Traders); got != "trader-a" {
				t.Errorf("runs %q", got)
			}
			cycle.Done()
		})
	}
}

func TestSignalAnswers(t *testing.T) {
	withoutResults := hangartest.Raw(`{"results":[]}`)
	strange := hangartest.Raw(`{"results":[{"client_id":"s1","status":"perhaps"}]}`)
	others := hangartest.Raw(`{"results":[{"client_id":"s2","status":"stored"}]}`)
	answers := append([]ordered{
		{"401", hangartest.Status(401), 0, 250 * time.Millisecond},
		{"200 without results", withoutResults, 0, 250 * time.Millisecond},
		{"200 with a status that nobody knows", strange, 0, 250 * time.Millisecond},
		{"200 about another item", others, 0, 250 * time.Millisecond},
	}, goesOn...)
	for _, one := range answers {
		t.Run(one.name, func(t *testing.T) {
			r := newRig(t, momentum).run().trading()
			r.server.Script("signals", one.answer)
			r.signal("s1")
			r.server.Await("signals", 1)
			if one.during > 0 {
				r.step(one.during)
			}
			r.logged("signals not written out, trying again")
			r.wantState(hangar.StateTrading)
			// The heartbeat may wait for as long: it is let through too.
			r.step(one.pause)
			r.server.Await("signals", 2)
			r.terminate()
			r.wantStored("signals", "s1")
			if got := string(r.server.Await("drained", 1).Body); got != `{"signals_flushed":1,"executions_flushed":0,"lost":0,"rejected":0}` {
				t.Error(got)
			}
		})
	}
}

// What is wrong is never sent again as it is: it is looked for in halves, and lost alone.
func TestWrongSignals(t *testing.T) {
	for _, status := range []int{413, 422} {
		r := newRig(t, momentum).run().trading()
		r.server.Script("signals", hangartest.Status(503))
		r.signal("s1")
		r.server.Await("signals", 1)
		for _, id := range []string{"s2", "bad", "s4"} {
			r.signal(id)
		}
		refuse := hangartest.Status(status)
		// All four; the first two pass; the last two; the bad one alone; the last one passes.
		r.server.Script("signals", refuse, hangartest.Pass, refuse, refuse, hangartest.Pass)
		r.step(250 * time.Millisecond)
		r.server.Await("signals", 6)
		r.terminate()
		r.wantStored("signals", "s1", "s2", "s4")
		if line := r.logged("signals refused"); line["client_id"] != "bad" {
			t.Error(line)
		}
		if got := string(r.server.Await("drained", 1).Body); got != `{"signals_flushed":3,"executions_flushed":0,"lost":1,"rejected":0}` {
			t.Error(got)
		}
	}
}

func TestRejectedItems(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	if err := r.app.Signal(context.Background(), hangar.Signal{ClientID: "theirs", TraderID: "somebody-elses", Symbol: "BTCUSDT"}); err != nil {
		t.Fatal(err)
	}
	if line := r.logged("signals rejected"); line["client_id"] != "theirs" || line["code"] != "unknown_trader" {
		t.Error(line)
	}
	r.terminate()
	r.wantStored("signals")
	if n := len(r.server.Calls("signals")); n != 1 {
		t.Errorf("sent %d times", n)
	}
	// Hangar has it and did not want it: that is not a loss.
	if got := string(r.server.Await("drained", 1).Body); got != `{"signals_flushed":0,"executions_flushed":0,"lost":0,"rejected":1}` {
		t.Error(got)
	}
}

func TestGone(t *testing.T) {
	for _, path := range []string{"heartbeat", "signals", "executions", "bootstrap"} {
		t.Run(path, func(t *testing.T) {
			r := newRig(t, momentum).run().trading()
			cycle := r.startCycle()
			r.server.Always(path, hangartest.Gone)
			switch path {
			case "signals":
				r.signal("s1")
			case "executions":
				now := r.clock.Now()
				if err := r.app.Execution(context.Background(), hangar.Execution{TraderID: momentum.ID, StartedAt: now, FinishedAt: &now, Outcome: "completed"}); err != nil {
					t.Fatal(err)
				}
			case "bootstrap":
				r.server.Direct(nil, "reload")
				r.step(30 * time.Second)
			default:
				r.step(30 * time.Second)
			}
			// The running cycle is told at once, and not waited for.
			<-cycle.Context().Done()
			if cause := context.Cause(cycle.Context()); !errors.Is(cause, shim.ErrGone) {
				t.Error(cause)
			}
			r.logged("retired")
			r.mayNotTrade()
			if health := r.app.Health(); health.OK || len(health.RunningTraderIDs) > 0 {
				t.Errorf("%+v", health)
			}
			if err := r.app.Signal(context.Background(), hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT"}); !errors.Is(err, hangar.ErrStopped) {
				t.Error(err)
			}
			// Idle, not gone: exiting would only be restarted.
			select {
			case err := <-r.over:
				t.Fatalf("Run returned %v", err)
			default:
			}
			r.terminate()
			cycle.Done()
			if n := len(r.server.Calls("drained")); n != 0 {
				t.Error("an app that is over has nothing to report")
			}
		})
	}
}

func TestGoneAtStart(t *testing.T) {
	r := newRig(t, momentum)
	r.server.Always("bootstrap", hangartest.Gone)
	r.run()
	r.logged("retired")
	r.mayNotTrade()
	r.terminate()
}
