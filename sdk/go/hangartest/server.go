// Package hangartest is Hangar's side of the contract for tests: a server that keeps docs/go-shim.md to the letter,
// complains about every call that does not, and fails on demand in each way that a real Hangar can.
package hangartest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/vyx/hangar/sdk/go/shim"
)

// What the server knows itself by.
const (
	UserID        = "11111111-1111-4111-8111-111111111111"
	Generation    = 3
	MachineID     = "machine-1"
	Token         = shim.Secret("hgr_k1_row_mac")
	SharedToken   = shim.Secret("shared-token")
	ShutdownToken = shim.Secret("stop-it-please")
)

// Server answers as Hangar does for one app and one shared backend.
type Server struct {
	tb   TB
	http *httptest.Server
	URL  string

	mu         sync.Mutex
	changed    chan struct{}
	bootstrap  shim.Bootstrap
	version    int
	directives []string
	supabase   *shim.Supabase
	scripts    map[string][]Answer
	standing   map[string]Answer
	calls      []Call
	stored     map[string]map[string]Item
	order      map[string][]string
	placements []shim.UserPlacement
	// The shared backends that asked and have not left, and who of them has stopped whose traders.
	instances map[string]bool
	confirmed map[shim.Released]map[string]bool
	mistakes  []string
}

// Call is one request as it came in.
type Call struct {
	Path   string
	Query  string
	Header http.Header
	Body   []byte
}

// Item is a stored signal or execution.
type Item struct {
	ClientID string
	TraderID string
	Raw      []byte
}

// TB is what the server needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, values ...any)
	Fatalf(format string, values ...any)
}

// NewServer starts a server whose app runs the given traders; it ends with the test. A call that breaks the contract
// fails the test.
func NewServer(tb TB, traders ...shim.Trader) *Server {
	tb.Helper()
	quota, grace := 10, int64(30_000)
	s := &Server{
		tb:      tb,
		changed: make(chan struct{}),
		bootstrap: shim.Bootstrap{
			UserID: UserID, AppName: "vyx-user-1a2b3c4d", Generation: Generation, Tier: "pro",
			Directive: shim.DirectiveRun, Placement: shim.PlacementDedicated,
			HeartbeatIntervalMS: 30_000, DrainGraceMS: &grace, Quota: &quota, Traders: traders,
		},
		version:  1,
		scripts:  map[string][]Answer{},
		standing: map[string]Answer{},
		stored:   map[string]map[string]Item{"signals": {}, "executions": {}},
		order:    map[string][]string{},

		instances: map[string]bool{},
		confirmed: map[shim.Released]map[string]bool{},
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	tb.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
		for _, mistake := range s.Mistakes() {
			tb.Errorf("the contract was broken: %s", mistake)
		}
	})
	return s
}

// Env is what Hangar and Fly put into the environment of the app, for hangar.ConfigFromEnv.
func (s *Server) Env(name string) string {
	return map[string]string{
		"USER_ID": UserID, "RUN_MODE": "user_dedicated", "HANGAR_URL": s.URL + "/", "PORT": "8080",
		"HANGAR_GENERATION": fmt.Sprint(Generation), "HANGAR_TOKEN": Token.Reveal(),
		"SHUTDOWN_TOKEN": ShutdownToken.Reveal(), "FLY_MACHINE_ID": MachineID, "HANGAR_DRAIN_GRACE_MS": "30000",
	}[name]
}

// SharedEnv is the environment of the shared backend.
func (s *Server) SharedEnv(name string) string {
	return map[string]string{"HANGAR_URL": s.URL, "HANGAR_SHARED_TOKEN": SharedToken.Reveal()}[name]
}

// Change changes what bootstrap says from now on, under a new ETag.
func (s *Server) Change(change func(*shim.Bootstrap)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.bootstrap)
	s.version++
}

// Direct puts directives, and perhaps a token, into the answer to the next heartbeat.
func (s *Server) Direct(supabase *shim.Supabase, directives ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.directives, s.supabase = directives, supabase
}

// Place says where a user's traders run from now on.
func (s *Server) Place(userID, runsOn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.place(userID, runsOn)
	s.announce()
}

// PlacedOn is where a user's traders run.
func (s *Server) PlacedOn(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.placement(userID).RunsOn
}

// placement is a user's last change of place; s.mu is held.
func (s *Server) placement(userID string) shim.UserPlacement {
	last := shim.UserPlacement{UserID: userID, RunsOn: shim.PlacementShared}
	for _, change := range s.placements {
		if change.UserID == userID {
			last = change
		}
	}
	return last
}

// place appends a change of place; s.mu is held.
func (s *Server) place(userID, runsOn string) {
	move := s.placement(userID).Move + 1
	s.placements = append(s.placements, shim.UserPlacement{UserID: userID, RunsOn: runsOn, Move: move})
}

// Stored returns the signals or executions that were stored, in the order in which they came.
func (s *Server) Stored(kind string) []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []Item
	for _, id := range s.order[kind] {
		items = append(items, s.stored[kind][id])
	}
	return items
}

// Calls returns the calls of a path such as "signals" so far.
func (s *Server) Calls(path string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, call := range s.calls {
		if call.Path == path {
			found = append(found, call)
		}
	}
	return found
}

// Await waits for the nth call (from 1) of a path to have come in, and returns it; the test fails after ten seconds.
func (s *Server) Await(path string, nth int) Call {
	s.tb.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if calls := s.Calls(path); len(calls) >= nth {
			return calls[nth-1]
		}
		select {
		case <-changed:
		case <-limit.C:
			s.tb.Fatalf("call %d of %s never came", nth, path)
		}
	}
}

// Mistakes lists how the contract was broken so far.
func (s *Server) Mistakes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mistakes...)
}

// ForgiveMistakes is for a test that breaks the contract on purpose.
func (s *Server) ForgiveMistakes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mistakes = nil
}

func (s *Server) mistake(format string, values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mistakes = append(s.mistakes, fmt.Sprintf(format, values...))
}

// announce wakes everybody in Await; s.mu is held.
func (s *Server) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}
