package hangar_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
)

// poll is how often the shared backend asks, here; unlike the time that one call has, so that the two can be told apart.
const poll = 11 * time.Second

const (
	ada = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
	bob = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
)

var everybodys = []hangar.Trader{
	{ID: "built-in", BuiltIn: true, Name: "Built in"},
	{ID: "of-ada", UserID: strings.ToUpper(ada), Name: "Ada's"},
	{ID: "of-bob", UserID: bob, Name: "Bob's"},
	{ID: "of-nobody", Name: "Neither built in nor anybody's"},
}

func newSharedRig(t *testing.T, change ...func(*hangar.Options)) *rig {
	t.Helper()
	return newRig(t).runShared(change...)
}

// runShared starts a shared backend.
func (r *rig) runShared(change ...func(*hangar.Options)) *rig {
	r.Helper()
	config, err := hangar.ConfigFromEnv(r.server.SharedEnv)
	if err != nil {
		r.Fatal(err)
	}
	list := func(o *hangar.Options) {
		o.PlacementEvery, o.Sink = poll, &memorySink{}
		o.Traders = func(context.Context) ([]hangar.Trader, error) { return everybodys, nil }
	}
	return r.runWith(config, append([]func(*hangar.Options){list}, change...)...)
}

// askedAfter is the cursor of the nth question.
func (r *rig) askedAfter(nth int) string {
	r.Helper()
	query, err := url.ParseQuery(r.server.Await("placement", nth).Query)
	if err != nil {
		r.Fatal(err)
	}
	return query.Get("after")
}

func (r *rig) wantCycle(want string) {
	r.Helper()
	cycle := r.startCycle()
	defer cycle.Done()
	if got := ids(cycle.Traders); got != want {
		r.Errorf("runs %q, want %q", got, want)
	}
}

func TestSharedRunsWhatIsPlacedThere(t *testing.T) {
	r := newSharedRig(t)
	r.server.Await("placement", 1)
	r.await(poll)
	r.wantCycle("built-in of-ada of-bob")
	if header := r.server.Await("placement", 1).Header; header.Get("Authorization") != "Bearer "+hangartest.SharedToken.Reveal() {
		t.Error(header)
	}
	r.server.Place(ada, "moving")
	r.step(poll)
	r.server.Await("placement/released", 1)
	r.wantCycle("built-in of-bob")
	r.step(poll)
	r.server.Await("placement", 3)
	r.await(poll)
	if after := r.askedAfter(3); after != "1" {
		t.Error(after)
	}
	r.wantCycle("built-in of-bob")
	r.server.Place(ada, "shared")
	r.step(poll)
	r.server.Await("placement", 4)
	r.await(poll)
	r.wantCycle("built-in of-ada of-bob")
	if n := len(r.server.Calls("placement/released")); n != 1 {
		t.Errorf("released %d times", n)
	}
	// And once more: it is another move, to be confirmed anew.
	r.server.Place(ada, "moving")
	r.step(poll)
	r.server.Await("placement/released", 2)
	r.await(poll)
}

// Late is better than twice: nothing of a user runs before Hangar has said where.
func TestSharedBeforeHangarAnswers(t *testing.T) {
	r := newRig(t)
	r.server.Place(bob, "dedicated")
	r.server.Script("placement", hangartest.Drop, hangartest.Status(503), hangartest.Status(401))
	config, err := hangar.ConfigFromEnv(r.server.SharedEnv)
	if err != nil {
		t.Fatal(err)
	}
	r.runWith(config, func(o *hangar.Options) {
		o.PlacementEvery, o.Sink = poll, &memorySink{}
		o.Traders = func(context.Context) ([]hangar.Trader, error) { return everybodys, nil }
	})
	for _, pause := range []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second} {
		r.await(pause)
		r.wantCycle("built-in")
		r.step(pause)
	}
	r.await(poll)
	r.wantCycle("built-in of-ada")
	// What was known goes on to hold while Hangar is away.
	r.server.Script("placement", hangartest.Status(500))
	r.step(poll)
	r.await(250 * time.Millisecond)
	r.wantCycle("built-in of-ada")
}

// A user is released when the last cycle that holds their traders is done, not before.
func TestSharedReleasesAfterTheLastCycle(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	first, second := r.startCycle(), r.startCycle()
	r.server.Place(ada, "moving")
	r.server.Place(bob, "moving")
	r.step(poll)
	r.server.Await("placement", 2)
	r.await(poll)
	r.wantCycle("built-in")
	first.Done()
	if n := len(r.server.Calls("placement/released")); n != 0 {
		t.Error("released while a cycle runs")
	}
	second.Done()
	body := string(r.server.Await("placement/released", 1).Body)
	if !strings.Contains(body, ada) || !strings.Contains(body, bob) {
		t.Error(body)
	}
	r.await(poll)
}

func TestSharedRepeatsALostConfirmation(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	r.server.Script("placement/released", hangartest.Drop, hangartest.Status(503))
	r.server.Place(ada, "moving")
	r.step(poll, 250*time.Millisecond, 500*time.Millisecond)
	r.server.Await("placement/released", 3)
	r.await(poll)
	if on := r.server.PlacedOn(ada); on != "dedicated" {
		t.Error(on)
	}
}

// After a restore of Hangar's database: whoever was elsewhere by the old one is forgotten.
func TestSharedCursorThatHangarForgot(t *testing.T) {
	r := newSharedRig(t)
	r.server.Place(ada, "dedicated")
	r.await(poll)
	r.server.Script("placement", hangartest.Raw(`{"cursor":"99","complete":true,"users":[{"user_id":"`+bob+`","runs_on":"dedicated","move":1}]}`))
	r.step(poll)
	r.server.Await("placement", 2)
	r.await(poll)
	r.wantCycle("built-in of-ada")
	// 99 is from the future: everybody again.
	r.step(poll)
	r.server.Await("placement", 3)
	r.await(poll)
	r.wantCycle("built-in of-bob")
	r.server.Script("placement", hangartest.Status(422))
	r.step(poll, 250*time.Millisecond)
	if after := r.askedAfter(5); after != "" {
		t.Error(after)
	}
	r.await(poll)
}

// A confirmation names the move that was seen, so that a late one confirms nothing else.
func TestSharedNamesTheMove(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	r.server.Place(ada, "moving")
	r.server.Place(ada, "shared")
	r.server.Place(ada, "moving")
	r.step(poll)
	if body := string(r.server.Await("placement/released", 1).Body); !strings.HasPrefix(body, `{"released":[{"user_id":"`+ada+`","move":3}],`) {
		t.Error(body)
	}
	r.await(poll)
	if on := r.server.PlacedOn(ada); on != "dedicated" {
		t.Error(on)
	}
}

func TestSharedTradersThatCannotBeLoaded(t *testing.T) {
	var failing error
	r := newSharedRig(t, func(o *hangar.Options) {
		o.Traders = func(context.Context) ([]hangar.Trader, error) { return everybodys, failing }
	})
	r.await(poll)
	r.wantCycle("built-in of-ada of-bob")
	failing = errors.New("no database")
	r.clock.Advance(2 * time.Second)
	r.wantCycle("built-in of-ada of-bob")
	r.logged("traders not loaded, going on with the known ones")
}

func TestSharedHasNoShutdownAndNoReport(t *testing.T) {
	r := newSharedRig(t)
	r.await(poll)
	if status := r.shutdown("X-Shutdown-Token", ""); status != 404 {
		t.Errorf("%d", status)
	}
	cycle := r.startCycle()
	go func() { r.stop <- syscall.SIGTERM }()
	r.logged("draining")
	cycle.Done()
	r.exits(nil)
	if n := len(r.server.Calls("drained")); n != 0 {
		t.Error("reported")
	}
}

// A sink may be as short as a single INSERT: no results and no error are success, and nothing is written again.
func TestSharedSinkWithoutResults(t *testing.T) {
	sink := &shortSink{}
	r := newSharedRig(t, func(o *hangar.Options) { o.Sink = sink })
	r.await(poll)
	r.signal("s1")
	r.signal("s2")
	go func() { r.stop <- syscall.SIGTERM }()
	r.exits(nil)
	if got := strings.Join(sink.stored, " "); got != "s1 s2" {
		t.Error(got)
	}
	if line := r.logged("drained"); line["lost"] != 0.0 {
		t.Error(line)
	}
}

type shortSink struct {
	memorySink
}

func (m *shortSink) StoreSignals(ctx context.Context, items []hangar.Signal) ([]hangar.Result, error) {
	_, err := m.memorySink.StoreSignals(ctx, items)
	return nil, err
}

// Whoever lists a trader that can never run hears of it, once.
func TestSharedTradersThatNeverRun(t *testing.T) {
	all := append([]hangar.Trader{{Name: "No id", BuiltIn: true}, {ID: "odd", UserID: "ada", Name: "No UUID"}}, everybodys...)
	r := newSharedRig(t, func(o *hangar.Options) {
		o.Traders = func(context.Context) ([]hangar.Trader, error) { return all, nil }
	})
	r.await(poll)
	r.wantCycle("built-in of-ada of-bob")
	r.clock.Advance(2 * time.Second)
	r.wantCycle("built-in of-ada of-bob")
	lines := r.log.lines("trader never runs: it needs an id, and to be built in or to have its user's UUID")
	if len(lines) != 3 || lines[0]["name"] != "No id" || lines[1]["trader_id"] != "odd" || lines[2]["trader_id"] != "of-nobody" {
		t.Error(lines)
	}
}

// memorySink stores in memory, and fails first.
type memorySink struct {
	mu       sync.Mutex
	failures int
	stored   []string
	payloads []any
}

func (m *memorySink) StoreSignals(_ context.Context, items []hangar.Signal) ([]hangar.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failures > 0 {
		m.failures--
		return nil, errors.New("database away")
	}
	results := make([]hangar.Result, len(items))
	for i, item := range items {
		m.stored = append(m.stored, item.ClientID)
		m.payloads = append(m.payloads, item.Payload)
		results[i] = hangar.Result{ClientID: item.ClientID, Status: "stored"}
	}
	return results, nil
}

func (m *memorySink) StoreExecutions(context.Context, []hangar.Execution) ([]hangar.Result, error) {
	return nil, errors.New("not in this test")
}

func TestSharedWritesToItsSink(t *testing.T) {
	sink := &memorySink{failures: 1}
	r := newSharedRig(t, func(o *hangar.Options) { o.Sink = sink })
	r.await(poll)
	r.signal("s1")
	r.step(250 * time.Millisecond)
	r.signal("s2")
	go func() { r.stop <- syscall.SIGTERM }()
	r.exits(nil)
	sort.Strings(sink.stored)
	if got := strings.Join(sink.stored, " "); got != "s1 s2" {
		t.Error(got)
	}
}

// An exchange's ids and its nanoseconds are longer than a float64.
func TestSharedKeepsEveryDigit(t *testing.T) {
	sink := &memorySink{}
	r := newSharedRig(t, func(o *hangar.Options) { o.Sink = sink })
	r.await(poll)
	payload := map[string]any{"at": int64(1_767_225_600_123_456_789), "price": 0.1}
	if err := r.app.Signal(context.Background(), hangar.Signal{TraderID: "built-in", Symbol: "BTCUSDT", Payload: payload}); err != nil {
		t.Fatal(err)
	}
	go func() { r.stop <- syscall.SIGTERM }()
	r.exits(nil)
	text, err := json.Marshal(sink.payloads)
	if want := `[{"at":1767225600123456789,"price":0.1}]`; err != nil || string(text) != want {
		t.Errorf("%s, want %s (%v)", text, want, err)
	}
}
