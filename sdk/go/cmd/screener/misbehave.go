package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	hangar "github.com/vyx/hangar/sdk/go"
)

// misbehaviour is for tests of Hangar: an app that does not keep the contract.
type misbehaviour struct {
	// Ignores /shutdown, the directive and SIGTERM.
	IgnoresTheEnd bool `json:"ignores_the_end"`
	// Ends with this code as soon as it starts; 0 does not.
	CrashCode int `json:"crash_code"`
}

// misbehaviour of one user's app, by the file of -misbehave: {"<user id>": {…}}.
func (s settings) misbehaviour(userID string) misbehaviour {
	var all map[string]misbehaviour
	if text, err := os.ReadFile(s.misbehaveFile); err == nil {
		_ = json.Unmarshal(text, &all)
	}
	return all[userID]
}

func (m misbehaviour) apply(options *hangar.Options, log *slog.Logger) {
	if m.CrashCode != 0 {
		log.Error("crashing as ordered")
		os.Exit(m.CrashCode)
	}
	if m.IgnoresTheEnd {
		signal.Ignore(syscall.SIGTERM)
		options.Stop = make(chan os.Signal)
		options.Transport = withoutDrain{http.DefaultTransport}
	}
}

func (m misbehaviour) wrap(handler http.Handler) http.Handler {
	if !m.IgnoresTheEnd {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/shutdown" {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// withoutDrain does not let Hangar's directive through.
type withoutDrain struct{ http.RoundTripper }

func (t withoutDrain) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.RoundTripper.RoundTrip(request)
	if err != nil || !strings.HasSuffix(request.URL.Path, "/heartbeat") || response.StatusCode != http.StatusOK {
		return response, err
	}
	defer response.Body.Close()
	var answer struct {
		Directives []string         `json:"directives"`
		Supabase   *json.RawMessage `json:"supabase"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	answer.Directives = slices.DeleteFunc(answer.Directives, func(one string) bool { return one == "drain" })
	body, err := json.Marshal(answer)
	response.Body = io.NopCloser(bytes.NewReader(body))
	response.ContentLength = int64(len(body))
	return response, err
}
