package shim

import (
	"encoding/json"
	"log/slog"
	"time"
)

// MaxBatch is the largest number of items that Hangar takes in one call.
const MaxBatch = 500

// MaxBodyBytes is the largest body of signals, executions or confirmations that Hangar takes, and MaxReportBytes that of
// a heartbeat or a drained report.
const (
	MaxBodyBytes   = 1 << 20
	MaxReportBytes = 64 << 10
)

// Secret is a token. It shows itself to nobody who only prints, logs or marshals it; Reveal does.
type Secret string

const redacted = "[redacted]"

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Reveal returns the token itself.
func (s Secret) Reveal() string { return string(s) }

// What bootstrap and heartbeat tell the app to do. Unknown ones are ignored.
const (
	DirectiveRun    = "run"
	DirectiveDrain  = "drain"
	DirectiveReload = "reload"
	DirectiveToken  = "token"
)

// Where a user's custom traders run.
const (
	PlacementShared    = "shared"
	PlacementMoving    = "moving"
	PlacementDedicated = "dedicated"
)

// Trader is something to run. Bootstrap names neither user nor BuiltIn: all of its traders are custom ones of
// the app's own user.
type Trader struct {
	ID         string          `json:"id"`
	UserID     string          `json:"user_id,omitempty"`
	BuiltIn    bool            `json:"built_in,omitempty"`
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition"`
}

// Supabase opens the user's own rows, and no others, until ExpiresAt.
type Supabase struct {
	URL       string    `json:"url"`
	Token     Secret    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Bootstrap says what to run.
type Bootstrap struct {
	UserID              string    `json:"user_id"`
	AppName             string    `json:"app_name"`
	Generation          int       `json:"generation"`
	Tier                string    `json:"tier"`
	Directive           string    `json:"directive"`
	Placement           string    `json:"placement"`
	RetryAfterMS        *int64    `json:"retry_after_ms"`
	HeartbeatIntervalMS int64     `json:"heartbeat_interval_ms"`
	DrainGraceMS        *int64    `json:"drain_grace_ms"`
	Quota               *int      `json:"quota"`
	Traders             []Trader  `json:"traders"`
	Supabase            *Supabase `json:"supabase"`

	// ETag of the answer, for the next question.
	ETag string `json:"-"`
}

// Heartbeat says how the app is. The client fills in which process it is.
type Heartbeat struct {
	ProcessID              string     `json:"process_id,omitempty"`
	StartedAt              *time.Time `json:"started_at,omitempty"`
	RunningTraderIDs       []string   `json:"running_trader_ids"`
	LastCycleAt            *time.Time `json:"last_cycle_at,omitempty"`
	BufferedSignals        int        `json:"buffered_signals"`
	MemoryMB               int        `json:"memory_mb"`
	Version                string     `json:"version"`
	SupabaseTokenExpiresAt *time.Time `json:"supabase_token_expires_at,omitempty"`
}

// HeartbeatAnswer says what the app is to do.
type HeartbeatAnswer struct {
	Directives []string  `json:"directives"`
	Supabase   *Supabase `json:"supabase"`
}

// Signal is what a trader found. ClientID is chosen before the first try and kept, so that a repeated try stores
// nothing twice.
type Signal struct {
	ClientID  string    `json:"client_id"`
	TraderID  string    `json:"trader_id"`
	Symbol    string    `json:"symbol"`
	Payload   any       `json:"payload"`
	CreatedAt time.Time `json:"created_at"`
}

// Execution is one run of a trader. FinishedAt is nil where it did not finish.
type Execution struct {
	ClientID   string     `json:"client_id"`
	TraderID   string     `json:"trader_id"`
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	Outcome    string     `json:"outcome"`
}

// What became of an item of a batch.
const (
	StatusStored    = "stored"
	StatusDuplicate = "duplicate"
	StatusRejected  = "rejected"
)

// Result is what became of one item. ClientID is empty where the item had none that could be read.
type Result struct {
	ClientID string `json:"client_id"`
	Status   string `json:"status"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Drained is the last thing an app says: how many signals and executions were written out, how many could not be, and
// how many Hangar refused for good.
type Drained struct {
	SignalsFlushed    int `json:"signals_flushed"`
	ExecutionsFlushed int `json:"executions_flushed"`
	Lost              int `json:"lost"`
	Rejected          int `json:"rejected"`
}

// Placement says where users' traders run: what changed since a cursor or, where it is Complete, everybody who is not
// shared, so that what was known before is to be forgotten.
type Placement struct {
	Cursor   string          `json:"cursor"`
	Complete bool            `json:"complete"`
	Users    []UserPlacement `json:"users"`
}

// UserPlacement is where one user's traders run. Move counts that user's changes of place.
type UserPlacement struct {
	UserID string `json:"user_id"`
	RunsOn string `json:"runs_on"`
	Move   int    `json:"move"`
}

// MaxReleased is the largest number of users that Hangar takes in one confirmation.
const MaxReleased = 1000

// Released confirms that a user's traders have stopped, for the move under which they were seen moving.
type Released struct {
	UserID string `json:"user_id"`
	Move   int    `json:"move"`
}
