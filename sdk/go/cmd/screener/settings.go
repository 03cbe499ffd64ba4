package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
)

// settings are what Hangar does not say: mostly for tests. Each flag has an environment variable as its default.
type settings struct {
	cycle           time.Duration
	signalsPerCycle int
	seed            uint64
	drainDeadline   time.Duration
	placementEvery  time.Duration
	misbehaveFile   string
	source          func(context.Context) ([]hangar.Trader, error)
	sink            hangar.Sink
}

func parseSettings(args []string, getenv func(string) string) (settings, error) {
	var s settings
	var source, sink string
	flags := flag.NewFlagSet("screener", flag.ContinueOnError)
	flags.DurationVar(&s.cycle, "cycle", time.Second, "pause between two cycles (CYCLE_MS)")
	flags.IntVar(&s.signalsPerCycle, "signals-per-cycle", 0, "signals of each trader in each cycle, in the place of its definition's pace")
	flags.Uint64Var(&s.seed, "seed", 1, "which market it is")
	flags.DurationVar(&s.drainDeadline, "drain-deadline", 0, "from the first word of the end to the report, where it is to be shorter than Hangar waits (DRAIN_DEADLINE_MS)")
	flags.DurationVar(&s.placementEvery, "placement-every", 10*time.Second, "how often the shared backend asks who runs where")
	flags.StringVar(&source, "traders", getenv("SCREENER_TRADERS"), "the shared backend's traders: file:PATH, env:NAME or an http URL, each a JSON list (SCREENER_TRADERS)")
	flags.StringVar(&sink, "sink", getenv("SCREENER_SINK"), "the file to which the shared backend appends what it finds, a JSON object a line; without one it only counts (SCREENER_SINK)")
	flags.StringVar(&s.misbehaveFile, "misbehave", "", "for tests: a JSON file that says which users' apps misbehave, and how")
	if err := durationFromEnv(getenv, "CYCLE_MS", &s.cycle); err != nil {
		return s, err
	}
	if err := durationFromEnv(getenv, "DRAIN_DEADLINE_MS", &s.drainDeadline); err != nil {
		return s, err
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 || s.cycle <= 0 || s.drainDeadline < 0 || s.placementEvery <= 0 || s.signalsPerCycle < 0 {
		return s, configError{fmt.Errorf("what are %q and these durations? Try -help", flags.Args())}
	}
	var err error
	if s.source, err = openSource(source, getenv); err != nil {
		return s, configError{err}
	}
	if s.sink, err = openSink(sink); err != nil {
		return s, configError{err}
	}
	return s, nil
}

func durationFromEnv(getenv func(string) string, name string, into *time.Duration) error {
	text := getenv(name)
	if text == "" {
		return nil
	}
	ms, err := strconv.Atoi(text)
	if err != nil || ms < 1 {
		return configError{fmt.Errorf("%s is not a number of milliseconds", name)}
	}
	*into = time.Duration(ms) * time.Millisecond
	return nil
}

func openSink(path string) (hangar.Sink, error) {
	if path == "" {
		return &lineSink{}, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("sink: %w", err)
	}
	return &lineSink{out: file}, nil
}
