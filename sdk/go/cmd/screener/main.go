// Command screener is the reference screener: it runs traders on a market that is the same each time, streams what
// they find over WebSocket, and keeps Hangar's contract in both run modes. The demo and the tests run it as the
// user's app and as the shared backend.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
)

const version = "go-screener/0.1.0"

// 78 is EX_CONFIG: starting again with the same settings will not help.
const exitConfig = 78

func main() {
	err := run(context.Background(), os.Args[1:], os.Getenv)
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case errors.As(err, new(configError)):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitConfig)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string) error {
	settings, err := parseSettings(args, getenv)
	if err != nil {
		return err
	}
	config, err := hangar.ConfigFromEnv(getenv)
	if err != nil {
		return configError{err}
	}
	log := newLog(config)
	stream := newStream(log)
	options := hangar.Options{
		Version:        version,
		Logger:         log,
		Traders:        settings.source,
		Sink:           settings.sink,
		CloseStreams:   stream.close,
		DrainDeadline:  settings.drainDeadline,
		PlacementEvery: settings.placementEvery,
	}
	misbehaviour := settings.misbehaviour(config.UserID)
	misbehaviour.apply(&options, log)
	app, err := hangar.New(config, options)
	if err != nil {
		return configError{err}
	}

	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", config.Port))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", misbehaviour.wrap(app.Handler()))
	mux.Handle("/metrics", app.Metrics())
	mux.Handle("/stream", stream)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	log.Info("listening", "port", config.Port)

	// Ends the pause between two cycles; the drain has seen to the cycles themselves.
	pausing, stopPausing := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		cycles{app: app, stream: stream, log: log, settings: settings}.run(pausing)
	}()
	err = app.Run(ctx)
	stopPausing()
	<-stopped
	return err
}

// newLog writes a JSON object a line, which is where Fly collects an app's log. Who speaks is on every line.
func newLog(config hangar.Config) *slog.Logger {
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.MessageKey {
			a.Key = "event"
		}
		return a
	}})
	log := slog.New(handler).With("run_mode", config.Mode)
	if config.Mode == hangar.ModeDedicated {
		log = log.With("user_id", config.UserID, "generation", config.Generation, "machine_id", config.MachineID)
	}
	return log
}

type configError struct{ error }

func (e configError) Unwrap() error { return e.error }
