package hangartest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

// In your tests tb is the *testing.T.
func ExampleNewServer() {
	tb := new(printingTB)
	defer tb.end()
	server := hangartest.NewServer(tb, shim.Trader{ID: "t1", Name: "Momentum"})
	// The first answer is a 503; the one after is the contract's own.
	server.Script("heartbeat", hangartest.Status(503))

	client := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: hangartest.MachineID})
	defer client.Close()
	for range [2]struct{}{} {
		_, err := client.Heartbeat(context.Background(), shim.Heartbeat{MemoryMB: 1})
		fmt.Println(err)
	}
	fmt.Println(len(server.Calls("heartbeat")), "heartbeats came in")
	// Output:
	// POST /shim/v1/heartbeat: Hangar is not available (503 ordered): ordered by the test
	// <nil>
	// 2 heartbeats came in
}

// printingTB is what an example has in the place of a *testing.T.
type printingTB struct{ cleanups []func() }

func (*printingTB) Helper()                             {}
func (tb *printingTB) Cleanup(f func())                 { tb.cleanups = append(tb.cleanups, f) }
func (*printingTB) Errorf(format string, values ...any) { fmt.Printf(format+"\n", values...) }
func (*printingTB) Fatalf(format string, values ...any) { panic(fmt.Sprintf(format, values...)) }

func (tb *printingTB) end() {
	for _, f := range tb.cleanups {
		f()
	}
}

// What breaks the contract fails the test that did it, and is not stored.
func TestWhatBreaksTheContractIsTold(t *testing.T) {
	server := hangartest.NewServer(t, shim.Trader{ID: "t1"})
	client := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: hangartest.MachineID})
	defer client.Close()
	wrongs := []string{
		`{"client_id":"a","trader_id":"t1","symbol":" ","payload":{},"created_at":"2026-01-01T00:00:00Z"}`,
		`{"client_id":"a","trader_id":"t1","symbol":"X","payload":{}}`,
		`{"client_id":"a","trader_id":"t1","symbol":"X","payload":{},"created_at":"2026-01-01T00:00:00Z","extra":1}`,
		`{"trader_id":"t1","symbol":"X","payload":{},"created_at":"2026-01-01T00:00:00Z"}`,
	}
	// A payload is any JSON, or none.
	good := []string{
		`{"client_id":"b","trader_id":"t1","symbol":"X","payload":[1],"created_at":"2026-01-01T00:00:00Z"}`,
		`{"client_id":"c","trader_id":"t1","symbol":"X","created_at":"2026-01-01T00:00:00+01:00"}`,
	}
	var batch []json.RawMessage
	for _, item := range append(wrongs, good...) {
		batch = append(batch, json.RawMessage(item))
	}
	// As the real one: each item is judged by itself.
	results, err := client.Signals(context.Background(), batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		want := shim.Result{Status: shim.StatusRejected, Code: "invalid"}
		if i >= len(wrongs) {
			want = shim.Result{Status: shim.StatusStored}
		}
		if result.Status != want.Status || result.Code != want.Code {
			t.Errorf("%s: %+v", batch[i], result)
		}
	}
	if n := len(server.Mistakes()); n != len(wrongs) {
		t.Errorf("told of %d mistakes", n)
	}
	if stored := server.Stored("signals"); len(stored) != len(good) {
		t.Errorf("%+v", stored)
	}
	server.ForgiveMistakes()
}
