package hangar_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

func TestEveryCallSaysWhoItIs(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	for _, path := range []string{"bootstrap", "heartbeat"} {
		header := r.server.Await(path, 1).Header
		if header.Get("Authorization") != "Bearer "+hangartest.Token.Reveal() || header.Get("X-Fly-Machine-Id") != hangartest.MachineID {
			t.Errorf("%s: %v", path, header)
		}
	}
}

func TestHeartbeatSaysHowTheAppIs(t *testing.T) {
	r := newRig(t, momentum, reversion).run().trading()
	var beat shim.Heartbeat
	if err := json.Unmarshal(r.server.Await("heartbeat", 1).Body, &beat); err != nil {
		t.Fatal(err)
	}
	if len(beat.RunningTraderIDs) != 2 || beat.LastCycleAt != nil || beat.Version != "test" || beat.MemoryMB < 1 {
		t.Errorf("%+v", beat)
	}
	r.server.Always("signals", hangartest.Status(401))
	r.signal("s1")
	r.startCycle().Done()
	r.step(30 * time.Second)
	if err := json.Unmarshal(r.server.Await("heartbeat", 2).Body, &beat); err != nil {
		t.Fatal(err)
	}
	if beat.LastCycleAt == nil || !beat.LastCycleAt.Equal(began) || beat.BufferedSignals != 1 {
		t.Errorf("%+v", beat)
	}
	r.server.Always("signals", nil)
}

// Hangar tells a process that was started again from one that lives on by the name that it gives itself.
func TestEachProcessNamesItself(t *testing.T) {
	names := map[string]bool{}
	for n := 0; n < 2; n++ {
		r := newRig(t, momentum).run().trading()
		var beat shim.Heartbeat
		if err := json.Unmarshal(r.server.Await("heartbeat", 1).Body, &beat); err != nil || beat.StartedAt == nil || !beat.StartedAt.Equal(began) {
			t.Errorf("%+v %v", beat, err)
		}
		query, err := url.ParseQuery(r.server.Await("bootstrap", 1).Query)
		if err != nil || query.Get("process_id") != beat.ProcessID || query.Get("started_at") != "2026-01-01T00:00:00Z" {
			t.Error(query, err)
		}
		names[beat.ProcessID] = true
		r.terminate()
	}
	if len(names) != 2 || names[""] {
		t.Error(names)
	}
}

func TestReload(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	before := r.startCycle()
	r.server.Change(func(b *shim.Bootstrap) { b.Traders = []hangar.Trader{reversion} })
	r.server.Script("bootstrap", hangartest.Status(503))
	r.server.Direct(nil, "reload")
	r.step(30 * time.Second)
	r.logged("bootstrap failed")
	r.step(250 * time.Millisecond)
	r.logged("trader stopped")
	if etag := r.server.Await("bootstrap", 3).Header.Get("If-None-Match"); etag != `"v1"` {
		t.Errorf("asked with %s", etag)
	}
	if got := ids(before.Traders); got != "trader-a" || before.Context().Err() != nil {
		t.Error("a running cycle is not changed")
	}
	before.Done()
	after := r.startCycle()
	if got := ids(after.Traders); got != "trader-b" {
		t.Errorf("runs %q", got)
	}
	after.Done()
}

func TestNotModified(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	r.server.Direct(nil, "reload")
	r.step(30 * time.Second)
	r.server.Await("bootstrap", 2)
	r.step(30 * time.Second)
	r.server.Await("heartbeat", 3)
	cycle := r.startCycle()
	if got := ids(cycle.Traders); got != "trader-a" {
		t.Errorf("runs %q", got)
	}
	cycle.Done()
	if n := len(r.server.Calls("bootstrap")); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// While the traders are moving they run elsewhere, whatever the answer lists.
func TestMoving(t *testing.T) {
	soon := int64(1500)
	r := newRig(t, momentum)
	r.server.Change(func(b *shim.Bootstrap) { b.Placement, b.RetryAfterMS = "moving", &soon })
	r.run()
	r.server.Await("heartbeat", 1)
	cycle := r.startCycle()
	if len(cycle.Traders) > 0 || len(r.app.Health().RunningTraderIDs) > 0 {
		t.Errorf("runs %q", ids(cycle.Traders))
	}
	cycle.Done()
	if health := r.app.Health(); !health.OK {
		t.Errorf("%+v", health)
	}
	// Still moving, and not changed: asked again all the same.
	r.step(1500 * time.Millisecond)
	r.server.Await("bootstrap", 2)
	r.await(1500 * time.Millisecond)
	r.server.Change(func(b *shim.Bootstrap) { b.Placement, b.RetryAfterMS = "dedicated", nil })
	r.step(1500 * time.Millisecond)
	r.logged("trader started")
	cycle = r.startCycle()
	if got := ids(cycle.Traders); got != "trader-a" {
		t.Errorf("runs %q", got)
	}
	cycle.Done()
}

func TestSupabaseToken(t *testing.T) {
	r := newRig(t, momentum)
	first := &shim.Supabase{URL: "https://x.supabase.co", Token: "jwt-1", ExpiresAt: began.Add(time.Hour)}
	r.server.Change(func(b *shim.Bootstrap) { b.Supabase = first })
	r.run().trading()
	if got := r.app.Supabase(); got == nil || got.Token.Reveal() != "jwt-1" {
		t.Errorf("%+v", got)
	}
	var beat shim.Heartbeat
	if err := json.Unmarshal(r.server.Await("heartbeat", 1).Body, &beat); err != nil || !beat.SupabaseTokenExpiresAt.Equal(first.ExpiresAt) {
		t.Errorf("%+v %v", beat, err)
	}
	r.server.Direct(&shim.Supabase{URL: first.URL, Token: "jwt-2", ExpiresAt: began.Add(2 * time.Hour)}, "token")
	r.step(30 * time.Second)
	r.server.Await("heartbeat", 2)
	r.await(30 * time.Second)
	if got := r.app.Supabase(); got.Token.Reveal() != "jwt-2" || !got.ExpiresAt.Equal(began.Add(2*time.Hour)) {
		t.Errorf("%+v", got)
	}
}

func TestStartCycleWaitsForTheBootstrap(t *testing.T) {
	r := newRig(t, momentum)
	r.server.Script("bootstrap", hangartest.Status(503))
	r.run()
	r.await(250 * time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.app.StartCycle(ctx); err != context.Canceled {
		t.Errorf("StartCycle: %v", err)
	}
	r.step(250 * time.Millisecond)
	r.startCycle().Done()
	if _, err := r.app.StartCycle(ctx); err != context.Canceled {
		t.Errorf("StartCycle: %v", err)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	r.signal("s1")
	r.server.Await("signals", 1)
	r.startCycle().Done()
	answer := httptest.NewRecorder()
	r.app.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/health", nil))
	var health map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &health); err != nil || answer.Code != http.StatusOK {
		t.Fatal(answer.Code, err)
	}
	if health["ok"] != true || health["state"] != "trading" || health["user_id"] != hangartest.UserID ||
		health["generation"] != 3.0 || health["cycle"] != 1.0 || health["last_cycle_at"] != "2026-01-01T00:00:00Z" {
		t.Error(health)
	}
	for path, status := range map[string]int{"/": 404, "/health/": 404, "/metrics": 404} {
		other := httptest.NewRecorder()
		r.app.Handler().ServeHTTP(other, httptest.NewRequest(http.MethodGet, path, nil))
		if other.Code != status {
			t.Errorf("%s: %d", path, other.Code)
		}
	}
	r.terminate()
	scrape := httptest.NewRecorder()
	r.app.Metrics().ServeHTTP(scrape, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		"hangar_state 3\n", "hangar_cycles_total 1\n", "hangar_signals_buffered 0\n",
		`hangar_items_total{kind="signals",outcome="stored"} 1` + "\n",
		`hangar_items_lost_total{kind="executions",reason="overflow"} 0` + "\n",
		`hangar_shim_calls_total{call="POST /shim/v1/drained",outcome="ok"} 1` + "\n",
	} {
		if !strings.Contains(scrape.Body.String(), line) {
			t.Errorf("%q is not in\n%s", line, scrape.Body)
		}
	}
}
