package hangar

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"time"
)

// Health is what GET /health says.
type Health struct {
	OK                 bool       `json:"ok"`
	State              State      `json:"state"`
	UserID             string     `json:"user_id,omitempty"`
	Generation         int        `json:"generation,omitempty"`
	RunningTraderIDs   []string   `json:"running_trader_ids"`
	Cycle              int        `json:"cycle"`
	LastCycleAt        *time.Time `json:"last_cycle_at"`
	BufferedSignals    int        `json:"buffered_signals"`
	BufferedExecutions int        `json:"buffered_executions"`
}

// Health is how the app is now. It is OK only while it trades or drains: Hangar takes a passing check for a working
// app, so one that idles, for whatever reason, must not pass.
func (a *App) Health() Health {
	state := a.State()
	health := Health{
		OK:               state == StateTrading || state == StateDraining,
		State:            state,
		UserID:           a.config.UserID,
		Generation:       a.config.Generation,
		RunningTraderIDs: []string{},
	}
	if health.OK {
		health.RunningTraderIDs = a.roster.ids()
	}
	count, lastAt := a.cycles.progress()
	health.Cycle = count
	if !lastAt.IsZero() {
		lastAt = lastAt.UTC()
		health.LastCycleAt = &lastAt
	}
	health.BufferedSignals, health.BufferedExecutions = a.Buffered()
	return health
}

// Handler serves GET /health for Fly's checks and, in a dedicated app, POST /shutdown for Hangar; anything else is
// 404. Mount it on Config.Port.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", a.serveHealth)
	if a.config.Mode == ModeDedicated {
		mux.HandleFunc("/shutdown", a.serveShutdown)
	}
	return mux
}

func (a *App) serveHealth(w http.ResponseWriter, r *http.Request) {
	if !allow(w, r, http.MethodGet, http.MethodHead) {
		return
	}
	health := a.Health()
	status := http.StatusOK
	if !health.OK {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, health)
}

func (a *App) serveShutdown(w http.ResponseWriter, r *http.Request) {
	if !allow(w, r, http.MethodPost) {
		return
	}
	given := r.Header.Values("X-Shutdown-Token")
	if len(given) != 1 || !sameToken(given[0], a.config.ShutdownToken) {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "unauthorized"})
		return
	}
	a.Drain("/shutdown")
	writeJSON(w, http.StatusAccepted, map[string]any{"ok": true, "state": a.State()})
}

// sameToken takes the same time for every guess: digests have one length.
func sameToken(given string, expected Secret) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(expected.Reveal()))
	return expected != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	for _, method := range methods {
		if r.Method == method {
			return true
		}
	}
	w.Header().Set("Allow", methods[0])
	writeJSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "method not allowed"})
	return false
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// Whoever went away does not need the rest.
	_ = json.NewEncoder(w).Encode(body)
}
