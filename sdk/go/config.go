package hangar

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/shim"
)

// RunMode says whose traders a process runs.
type RunMode string

const (
	// ModeShared runs all built-in traders, and the custom traders of every user who is placed there.
	ModeShared RunMode = "shared"
	// ModeDedicated runs one user's custom traders and nothing else.
	ModeDedicated RunMode = "user_dedicated"
)

// Secret is a token that does not show itself in logs.
type Secret = shim.Secret

// Config is what Hangar and Fly tell a process through its environment.
type Config struct {
	Mode RunMode
	// URL of Hangar, without a slash at the end.
	URL string
	// Port to listen on.
	Port int

	// The rest of a dedicated app: zero in the shared backend.
	UserID        string
	Generation    int
	Token         Secret
	ShutdownToken Secret
	MachineID     string
	// DrainGrace is how long Hangar waits for the graceful end; zero where it does not say.
	DrainGrace time.Duration

	// SharedToken opens the placement calls to the shared backend; empty in a dedicated app.
	SharedToken Secret
}

const defaultPort = 8080

// Whatever PostgreSQL takes as a uuid, with any version and variant.
var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// ConfigFromEnv reads the environment, mostly from os.Getenv. Its error has every problem, one a line, and no
// value: a value may be a secret. An empty variable counts as unset.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	env := envReader{getenv: getenv}
	config := Config{
		Mode: env.mode("RUN_MODE"),
		URL:  env.url("HANGAR_URL"),
		Port: env.number("PORT", defaultPort, 65_535),
	}
	if config.Mode == ModeShared {
		config.SharedToken = env.secret("HANGAR_SHARED_TOKEN")
	} else {
		config.UserID = env.uuid("USER_ID")
		config.Generation = env.number("HANGAR_GENERATION", 0, 1<<31-1)
		config.Token = env.secret("HANGAR_TOKEN")
		config.ShutdownToken = env.secret("SHUTDOWN_TOKEN")
		config.MachineID = env.text("FLY_MACHINE_ID")
		config.DrainGrace = env.millis("HANGAR_DRAIN_GRACE_MS")
	}
	if err := errors.Join(env.problems...); err != nil {
		return Config{}, fmt.Errorf("hangar: the environment has %d problem(s):\n%w", len(env.problems), err)
	}
	return config, nil
}

type envReader struct {
	getenv   func(string) string
	problems []error
}

func (e *envReader) fail(name, problem string) {
	e.problems = append(e.problems, fmt.Errorf("%s %s", name, problem))
}

// text of a variable that has to be set to something an HTTP header can carry.
func (e *envReader) text(name string) string {
	value := e.getenv(name)
	if value == "" {
		e.fail(name, "is not set")
	} else if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		e.fail(name, "has characters other than printable ASCII")
	}
	return value
}

func (e *envReader) secret(name string) Secret { return Secret(e.text(name)) }

func (e *envReader) mode(name string) RunMode {
	switch mode := RunMode(e.getenv(name)); mode {
	case "":
		return ModeShared
	case ModeShared, ModeDedicated:
		return mode
	default:
		e.fail(name, fmt.Sprintf("is neither %s nor %s", ModeShared, ModeDedicated))
		return mode
	}
}

func (e *envReader) uuid(name string) string {
	value := strings.ToLower(e.getenv(name))
	if value == "" {
		e.fail(name, "is not set")
	} else if !uuidPattern.MatchString(value) {
		e.fail(name, "is not a UUID")
	}
	return value
}

func (e *envReader) url(name string) string {
	value := e.getenv(name)
	if value == "" {
		e.fail(name, "is not set")
		return ""
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		e.fail(name, "is not an http or https URL")
		return ""
	}
	if parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		e.fail(name, "has more than a scheme, a host and a path")
	}
	return strings.TrimRight(value, "/")
}

// millis may be left out; 0 is as short as can be.
func (e *envReader) millis(name string) time.Duration {
	value := e.getenv(name)
	if value == "" {
		return 0
	}
	const most = 24 * 60 * 60 * 1000
	number, err := strconv.Atoi(value)
	if err != nil || number < 0 || number > most {
		e.fail(name, "is not a number of milliseconds of up to a day")
		return 0
	}
	return time.Duration(max(1, number)) * time.Millisecond
}

// number from 1 to most; fallback 0 means that it has to be set.
func (e *envReader) number(name string, fallback, most int) int {
	value := e.getenv(name)
	if value == "" {
		if fallback == 0 {
			e.fail(name, "is not set")
		}
		return fallback
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < 1 || number > most {
		e.fail(name, fmt.Sprintf("is not a number from 1 to %d", most))
	}
	return number
}
