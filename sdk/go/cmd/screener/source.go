package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
)

// Where the shared backend finds every trader there is. The product reads its database here; this program takes a
// JSON list of {id, user_id, built_in, name, definition}, read anew before each cycle.
func openSource(from string, getenv func(string) string) (func(context.Context) ([]hangar.Trader, error), error) {
	switch scheme, rest, _ := strings.Cut(from, ":"); scheme {
	case "":
		return func(context.Context) ([]hangar.Trader, error) { return builtIn, nil }, nil
	case "file":
		return func(context.Context) ([]hangar.Trader, error) {
			text, err := os.ReadFile(rest)
			return parseTraders(text, err)
		}, nil
	case "env":
		return func(context.Context) ([]hangar.Trader, error) { return parseTraders([]byte(getenv(rest)), nil) }, nil
	case "http", "https":
		return func(ctx context.Context) ([]hangar.Trader, error) { return parseTraders(fetch(ctx, from)) }, nil
	default:
		return nil, fmt.Errorf("traders: %q is not one of file, env, http and https", scheme)
	}
}

// builtIn is what runs without a source.
var builtIn = []hangar.Trader{{
	ID: "00000000-0000-4000-8000-00000000b001", BuiltIn: true, Name: "Built-in momentum",
	Definition: json.RawMessage(`{"symbols":["BTC-USD","ETH-USD"],"signal_every":5}`),
}}

func parseTraders(text []byte, err error) ([]hangar.Trader, error) {
	var traders []hangar.Trader
	if err == nil {
		err = json.Unmarshal(text, &traders)
	}
	if err != nil {
		return nil, fmt.Errorf("traders: %w", err)
	}
	return traders, nil
}

// A source that hangs must not hold up the next cycle for longer than this.
const fetchTimeout = 10 * time.Second

func fetch(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", url, response.StatusCode)
	}
	return io.ReadAll(response.Body)
}

// lineSink stands in for the product's database in the shared mode: a JSON object a line.
type lineSink struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *lineSink) StoreSignals(_ context.Context, items []hangar.Signal) ([]hangar.Result, error) {
	return store(s, items, func(item hangar.Signal) string { return item.ClientID })
}

func (s *lineSink) StoreExecutions(_ context.Context, items []hangar.Execution) ([]hangar.Result, error) {
	return store(s, items, func(item hangar.Execution) string { return item.ClientID })
}

func store[Item any](s *lineSink, items []Item, id func(Item) string) ([]hangar.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	results := make([]hangar.Result, len(items))
	for i, item := range items {
		if s.out != nil {
			if err := json.NewEncoder(s.out).Encode(item); err != nil {
				return nil, err
			}
		}
		results[i] = hangar.Result{ClientID: id(item), Status: "stored"}
	}
	return results, nil
}
