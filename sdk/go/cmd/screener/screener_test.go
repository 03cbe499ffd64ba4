package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

const patience = 20 * time.Second

var loud = shim.Trader{ID: "trader-a", Name: "Loud", Definition: json.RawMessage(`{"symbols":["ETH-USD"],"signals_per_cycle":3}`)}

// running is a screener in this process; end tells it to stop, as SIGTERM does, and waits.
type running struct {
	url string
	end func()
}

func start(t *testing.T, env func(string) string, args ...string) running {
	t.Helper()
	port := freePort(t)
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() {
		over <- run(ctx, args, func(name string) string {
			if name == "PORT" {
				return fmt.Sprint(port)
			}
			return env(name)
		})
	}()
	ended := false
	end := func() {
		stop()
		if ended {
			return
		}
		ended = true
		select {
		case err := <-over:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatal("the screener did not end")
		}
	}
	t.Cleanup(end)
	return running{url: fmt.Sprintf("127.0.0.1:%d", port), end: end}
}

func freePort(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// Streams what it finds, stores each of it once, and says goodbye to its listeners with a normal close.
func TestDedicated(t *testing.T) {
	server := hangartest.NewServer(t, loud)
	screener := start(t, server.Env, "-cycle=5ms")
	server.Await("signals", 1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, _, err := websocket.Dial(ctx, "ws://"+screener.url+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.CloseNow() }()
	_, message, err := stream.Read(ctx)
	if err != nil || !strings.Contains(string(message), `"trader_id":"trader-a"`) {
		t.Errorf("%s %v", message, err)
	}
	go screener.end()
	for err == nil {
		_, _, err = stream.Read(ctx)
	}
	if status := websocket.CloseStatus(err); status != websocket.StatusNormalClosure {
		t.Errorf("closed with %v: %v", status, err)
	}
	var counts shim.Drained
	if err := json.Unmarshal(server.Await("drained", 1).Body, &counts); err != nil {
		t.Fatal(err)
	}
	signals, executions := server.Stored("signals"), server.Stored("executions")
	if counts.Lost != 0 || counts.SignalsFlushed != len(signals) || counts.ExecutionsFlushed != len(executions) || len(signals) != 3*len(executions) {
		t.Errorf("%+v, stored %d and %d", counts, len(signals), len(executions))
	}
}

func TestHealthAndMetricsAreServed(t *testing.T) {
	server := hangartest.NewServer(t, loud)
	screener := start(t, server.Env, "-cycle=1h")
	server.Await("heartbeat", 1)
	for path, part := range map[string]string{"/health": `"state":"trading"`, "/metrics": "hangar_state 1"} {
		response, err := http.Get("http://" + screener.url + path)
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 1<<16)
		n, _ := response.Body.Read(text)
		response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.Contains(string(text[:n]), part) {
			t.Errorf("%s: %d %s", path, response.StatusCode, text[:n])
		}
	}
}

// The shared backend takes its traders from a URL, runs those that are placed there, and keeps what they find.
func TestShared(t *testing.T) {
	const ada, bob = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
	server := hangartest.NewServer(t)
	server.Place(bob, "dedicated")
	traders := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode([]shim.Trader{
			{ID: "built-in", BuiltIn: true, Definition: json.RawMessage(`{"signals_per_cycle":1}`)},
			{ID: "of-ada", UserID: ada, Definition: json.RawMessage(`{"signals_per_cycle":1}`)},
			{ID: "of-bob", UserID: bob, Definition: json.RawMessage(`{"signals_per_cycle":1}`)},
		})
	}))
	defer traders.Close()
	sink := filepath.Join(t.TempDir(), "sink.jsonl")
	screener := start(t, server.SharedEnv, "-cycle=5ms", "-placement-every=10ms", "-traders="+traders.URL, "-sink="+sink)
	server.Await("placement", 2)
	server.Place(ada, "moving")
	server.Await("placement/released", 1)
	screener.end()
	kept, err := os.ReadFile(sink)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"built-in": true, "of-bob": false} {
		if strings.Contains(string(kept), id) != want {
			t.Errorf("%s: want %v", id, want)
		}
	}
	if on := server.PlacedOn(ada); on != "dedicated" {
		t.Error(on)
	}
}

func TestSources(t *testing.T) {
	file := filepath.Join(t.TempDir(), "traders.json")
	if err := os.WriteFile(file, []byte(`[{"id":"a","built_in":true,"name":"A","definition":{}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	getenv := func(string) string { return `[{"id":"b","user_id":"u","name":"B"}]` }
	for from, want := range map[string]string{"": builtIn[0].ID, "file:" + file: "a", "env:TRADERS": "b"} {
		source, err := openSource(from, getenv)
		if err != nil {
			t.Fatal(err)
		}
		traders, err := source(context.Background())
		if err != nil || len(traders) != 1 || traders[0].ID != want {
			t.Errorf("%s: %v %v", from, traders, err)
		}
	}
	if _, err := openSource("ftp:x", getenv); err == nil {
		t.Error("ftp")
	}
	if source, err := openSource("file:/not/there", getenv); err != nil {
		t.Error(err)
	} else if _, err := source(context.Background()); err == nil {
		t.Error("a file that is not there")
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for _, args := range [][]string{{"-cycle=0s"}, {"-signals-per-cycle=-1"}, {"more"}, {"-traders=ftp:x"}, {"-sink=/not/there/x"}} {
		if _, err := parseSettings(args, func(string) string { return "" }); err == nil {
			t.Errorf("%q", args)
		}
	}
	if _, err := parseSettings(nil, func(name string) string { return map[string]string{"CYCLE_MS": "soon"}[name] }); err == nil {
		t.Error("CYCLE_MS=soon")
	}
	s, err := parseSettings(nil, func(name string) string { return map[string]string{"CYCLE_MS": "20"}[name] })
	if err != nil || s.cycle != 20*time.Millisecond || s.drainDeadline != 0 {
		t.Errorf("%+v %v", s, err)
	}
}

// The same seed is the same market, another seed another; no price leaves its range.
func TestMarket(t *testing.T) {
	one, again, other := market{1}, market{1}, market{2}
	differs, moves := false, false
	for cycle := 0; cycle < 1000; cycle++ {
		price := one.price("BTC-USD", cycle)
		if price != again.price("BTC-USD", cycle) || price < 9 || price > 1060 {
			t.Fatal(cycle, price)
		}
		differs = differs || price != other.price("BTC-USD", cycle)
		moves = moves || price != one.price("BTC-USD", cycle+1)
	}
	if !differs || !moves {
		t.Error(differs, moves)
	}
}

func TestFiresIn(t *testing.T) {
	fired := 0
	for cycle := 1; cycle <= 100; cycle++ {
		if firesIn(cycle, "trader-a", 10) {
			fired++
		}
	}
	if fired != 10 || firesIn(1, "trader-a", 0) {
		t.Error(fired)
	}
}
