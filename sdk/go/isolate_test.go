package hangar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
)

// poisonous answers 403 to every batch that holds one of these, as a firewall does that dislikes a payload.
func (r *rig) poisonous(ids ...string) {
	r.server.Always("signals", func(w http.ResponseWriter, q *http.Request, next http.Handler) {
		calls := r.server.Calls("signals")
		for _, id := range ids {
			if strings.Contains(string(calls[len(calls)-1].Body), `"client_id":"`+id+`"`) {
				hangartest.Status(403)(w, q, next)
				return
			}
		}
		next.ServeHTTP(w, q)
	})
}

// underWay counts the calls that have no answer yet.
type underWay struct {
	*http.Transport
	calls atomic.Int32
}

func (u *underWay) RoundTrip(request *http.Request) (*http.Response, error) {
	u.calls.Add(1)
	defer u.calls.Add(-1)
	return u.Transport.RoundTrip(request)
}

func (u *underWay) use(o *hangar.Options) {
	u.Transport = http.DefaultTransport.(*http.Transport).Clone()
	o.Transport = u
}

// passes lets time pass until it is so, but not while a call is under way.
func (r *rig) passes(calls *underWay, what string, is func() bool) {
	r.Helper()
	r.eventually(what, func() bool {
		if is() {
			return true
		}
		if calls.calls.Load() == 0 {
			r.clock.Advance(50 * time.Millisecond)
		}
		return false
	})
}

func (r *rig) storedSignals() int { return len(r.server.Stored("signals")) }

// What a firewall or a trigger of the database dislikes holds up nothing for long, and is given up in the end.
func TestOneItemThatFailsByItself(t *testing.T) {
	var calls underWay
	r := newRig(t, momentum).run(calls.use).trading()
	hold := make(chan struct{})
	r.server.Script("signals", hangartest.HoldUntil(hold))
	r.signal("first")
	r.server.Await("signals", 1)
	for n := 0; n < 600; n++ {
		r.signal(fmt.Sprintf("s%03d", n))
	}
	r.poisonous("s123", "s124", "s456")
	close(hold)
	r.passes(&calls, "all others are stored", func() bool { return r.storedSignals() == 598 })
	if n := len(r.server.Calls("signals")); n > 120 {
		t.Errorf("%d calls", n)
	}
	// From now on they go alone: nothing else waits for them.
	for n := 0; n < 8; n++ {
		r.signal(fmt.Sprintf("t%d", n))
		r.passes(&calls, "what comes later is stored", func() bool { return r.storedSignals() == 599+n })
	}
	r.passes(&calls, "they are given up", func() bool { return len(r.log.lines("signals rejected")) == 3 })
	r.ended = true
	go func() { r.stop <- syscall.SIGTERM }()
	r.exits(nil)
	r.wantReport(`{"signals_flushed":606,"executions_flushed":0,"lost":0,"rejected":3}`)
}

// A Hangar that answers like that to everything loses nothing, however long it does so.
func TestAFailureForAllCostsNothing(t *testing.T) {
	for _, status := range []int{400, 403, 404, 500} {
		var calls underWay
		r := newRig(t, momentum).run(calls.use).trading()
		r.server.Always("signals", hangartest.Status(status))
		for n := 0; n < 5; n++ {
			r.signal(fmt.Sprintf("s%d", n))
		}
		before := r.clock.Now()
		r.passes(&calls, "it goes on for long", func() bool { return r.clock.Now().Sub(before) > 10*time.Minute && len(r.server.Calls("signals")) > 40 })
		if n, passed := len(r.server.Calls("signals")), r.clock.Now().Sub(before); time.Duration(n)*4*time.Second > passed {
			t.Errorf("%d calls in %v", n, passed)
		}
		r.server.Always("signals", nil)
		r.signal("last")
		r.passes(&calls, "all are stored", func() bool { return r.storedSignals() == 6 })
		r.terminate()
		r.wantReport(`{"signals_flushed":6,"executions_flushed":0,"lost":0,"rejected":0}`)
	}
}

// pickySink fails where one of its items is in the batch, as an INSERT does.
type pickySink struct {
	memorySink
	bad string
}

func (p *pickySink) StoreSignals(ctx context.Context, items []hangar.Signal) ([]hangar.Result, error) {
	for _, item := range items {
		if item.ClientID == p.bad {
			return nil, errors.New("invalid input syntax")
		}
	}
	return p.memorySink.StoreSignals(ctx, items)
}

func (p *pickySink) count() int {
	p.memorySink.mu.Lock()
	defer p.memorySink.mu.Unlock()
	return len(p.memorySink.stored)
}

func TestSharedSinkThatDislikesOneItem(t *testing.T) {
	sink := &pickySink{bad: "bad"}
	var calls underWay
	r := newSharedRig(t, calls.use, func(o *hangar.Options) { o.Sink = sink })
	r.await(poll)
	for _, id := range []string{"s1", "bad", "s2"} {
		r.signal(id)
	}
	r.passes(&calls, "the others are stored", func() bool { return sink.count() == 2 })
	for n := 3; n < 10; n++ {
		r.signal(fmt.Sprintf("s%d", n))
		r.passes(&calls, "what comes later is stored", func() bool { return sink.count() == n })
	}
	r.passes(&calls, "it is given up", func() bool { return len(r.log.lines("signals rejected")) == 1 })
	r.terminate()
}

// What Hangar would refuse is refused at the call, where the mistake is.
func TestWhatHangarWouldRefuse(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	ctx, long := context.Background(), strings.Repeat("x", 201)
	for _, signal := range []hangar.Signal{
		{TraderID: momentum.ID}, {TraderID: momentum.ID, Symbol: " \t"}, {TraderID: momentum.ID, Symbol: long[:101]},
		{Symbol: "BTCUSDT"}, {TraderID: long, Symbol: "BTCUSDT"}, {ClientID: long, TraderID: momentum.ID, Symbol: "BTCUSDT"},
		{TraderID: momentum.ID, Symbol: "BTC\x00"}, {TraderID: momentum.ID, Symbol: strings.Repeat("\U0001F600", 51)},
		{TraderID: momentum.ID, Symbol: "BTCUSDT", Payload: func() {}},
	} {
		if err := r.app.Signal(ctx, signal); !errors.Is(err, hangar.ErrInvalid) {
			t.Errorf("%+v: %v", signal, err)
		}
	}
	for _, execution := range []hangar.Execution{
		{TraderID: momentum.ID}, {TraderID: momentum.ID, Outcome: long[:101]}, {Outcome: "completed"},
	} {
		if err := r.app.Execution(ctx, execution); !errors.Is(err, hangar.ErrInvalid) {
			t.Errorf("%+v: %v", execution, err)
		}
	}
	if err := r.app.Signal(ctx, hangar.Signal{TraderID: momentum.ID, Symbol: " " + strings.Repeat("\U0001F600", 50) + " "}); err != nil {
		t.Error(err)
	}
	r.terminate()
	r.wantReport(`{"signals_flushed":1,"executions_flushed":0,"lost":12,"rejected":0}`)
}

// A heartbeat says less rather than being refused, which would look like silence.
func TestHeartbeatFits(t *testing.T) {
	var many []hangar.Trader
	for n := 0; n < 1_001; n++ {
		many = append(many, hangar.Trader{ID: fmt.Sprintf("trader-%04d", n), Name: "One of many"})
	}
	many[0].ID = strings.Repeat("x", 65)
	r := newRig(t, many...).run(func(o *hangar.Options) { o.Version = strings.Repeat("v", 300) }).trading()
	r.terminate()
}
