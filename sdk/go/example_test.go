package hangar_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
)

// What an existing screener has already: its store, its WebSocket hub, and what it does with one trader.
type screener struct{ found int }

func (s *screener) allTraders(context.Context) ([]hangar.Trader, error) { return nil, nil }

func (s *screener) closeStreams(context.Context) { fmt.Println("streams closed") }

func (s *screener) StoreSignals(context.Context, []hangar.Signal) ([]hangar.Result, error) {
	return nil, nil
}

func (s *screener) StoreExecutions(context.Context, []hangar.Execution) ([]hangar.Result, error) {
	return nil, nil
}

func (s *screener) screen(ctx context.Context, trader hangar.Trader, found func(context.Context, hangar.Signal) error) error {
	if s.found++; s.found > 1 {
		return ctx.Err()
	}
	fmt.Println("running", trader.Name)
	return found(ctx, hangar.Signal{TraderID: trader.ID, Symbol: "BTCUSDT"})
}

const (
	version  = "1.4.2"
	interval = time.Second
)

// screenerMain is the main of such a screener, with Hangar. docs/go-shim.md shows these very lines.
func screenerMain(store *screener) {
	// begin
	config, err := hangar.ConfigFromEnv(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	app, err := hangar.New(config, hangar.Options{
		Version:      version,
		Traders:      store.allTraders,   // shared mode: every trader there is, as before
		Sink:         store,              // shared mode: signals go to the database, as before
		CloseStreams: store.closeStreams, // ends every WebSocket with 1000
	})
	if err != nil {
		log.Fatal(err)
	}
	// Without its port the app would trade and never be healthy: no port, no start.
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", config.Port))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/health", app.Handler())
	mux.Handle("/shutdown", app.Handler())
	mux.Handle("/metrics", app.Metrics())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()

	run := func(ctx context.Context, trader hangar.Trader) {
		execution := hangar.Execution{TraderID: trader.ID, StartedAt: time.Now(), Outcome: "completed"}
		if err := store.screen(ctx, trader, app.Signal); err != nil {
			execution.Outcome = "failed" // and FinishedAt stays nil
		} else {
			finishedAt := time.Now()
			execution.FinishedAt = &finishedAt
		}
		_ = app.Execution(ctx, execution) // what is lost is logged and counted
	}
	cycle := func() error {
		cycle, err := app.StartCycle(context.Background())
		if err != nil {
			return err // trading is over
		}
		defer cycle.Done() // also where a trader panics: a cycle without an end holds up every drain
		for _, trader := range cycle.Traders {
			cycle.Run(trader, func(ctx context.Context) { run(ctx, trader) })
		}
		return nil
	}
	go func() {
		for cycle() == nil {
			time.Sleep(interval)
		}
	}()
	if err := app.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
	// end
}

// The whole life of a user's app: it starts, runs its user's traders, and ends on SIGTERM with everything stored.
func Example() {
	tb := &exampleTB{}
	defer tb.end()
	server := hangartest.NewServer(tb, momentum)
	for _, name := range []string{"USER_ID", "RUN_MODE", "HANGAR_URL", "HANGAR_GENERATION", "HANGAR_TOKEN", "SHUTDOWN_TOKEN", "FLY_MACHINE_ID"} {
		os.Setenv(name, server.Env(name))
		defer os.Unsetenv(name)
	}
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	os.Setenv("PORT", fmt.Sprint(port.Addr().(*net.TCPAddr).Port))
	defer os.Unsetenv("PORT")
	port.Close()

	go func() {
		server.Await("signals", 1)
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	}()
	screenerMain(&screener{})
	fmt.Println("stored", len(server.Stored("signals")), "signal and", len(server.Stored("executions")), "execution")
	fmt.Println("reported", string(server.Await("drained", 1).Body))
	// Output:
	// running Momentum
	// streams closed
	// stored 1 signal and 1 execution
	// reported {"signals_flushed":1,"executions_flushed":1,"lost":0,"rejected":0}
}

// exampleTB is what an example has in the place of a *testing.T.
type exampleTB struct{ cleanups []func() }

func (*exampleTB) Helper()                        {}
func (tb *exampleTB) Cleanup(f func())            { tb.cleanups = append(tb.cleanups, f) }
func (*exampleTB) Errorf(format string, v ...any) { fmt.Printf(format+"\n", v...) }
func (*exampleTB) Fatalf(format string, v ...any) { log.Fatalf(format, v...) }

func (tb *exampleTB) end() {
	for _, f := range tb.cleanups {
		f()
	}
}

// The guide shows the lines of screenerMain, and no others.
func TestTheGuideShowsThisVeryMain(t *testing.T) {
	guide, err := os.ReadFile("../../docs/go-shim.md")
	if os.IsNotExist(err) {
		t.Skip("the guide is in Hangar's repository, and this is not")
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(guide), "```go\n")
	shown, _, _ = strings.Cut(shown, "```")
	_, real, _ := strings.Cut(string(source), "\t// begin\n")
	real, _, _ = strings.Cut(real, "\t// end\n")
	var dedented []string
	for _, line := range strings.Split(real, "\n") {
		dedented = append(dedented, strings.TrimPrefix(line, "\t"))
	}
	if want := strings.Join(dedented, "\n"); shown != strings.ReplaceAll(want, "\t", "    ") {
		t.Errorf("docs/go-shim.md shows\n%s\nwant\n%s", shown, want)
	}
}
