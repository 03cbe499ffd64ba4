package shim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What a failed call means for trading. Every error of a [Client] is one of these four, by errors.Is.
var (
	// ErrGone (410, in Hangar's own words): this generation is over, or another machine took this one's place. Stop
	// trading, stay idle.
	ErrGone = errors.New("shim: this app or machine is over")
	// ErrUnauthorized (401): Hangar does not know the token. Go on trading, ask again later.
	ErrUnauthorized = errors.New("shim: token unknown")
	// ErrRejected (413, 422): the request is wrong. Do not repeat it as it is.
	ErrRejected = errors.New("shim: request refused")
	// ErrUnavailable: too many calls (429), Hangar is away, slow, not ready, or not to be understood. Go on trading,
	// ask again.
	ErrUnavailable = errors.New("shim: Hangar is not available")
)

// Why a 410 ends trading.
const (
	codeGenerationEnded   = "generation_ended"
	codeMachineNotCurrent = "machine_not_current"
)

// Error is a call that failed.
type Error struct {
	// Op is the call, such as "POST /shim/v1/signals".
	Op string
	// Status is 0 when there was no answer.
	Status int
	// Code and Detail are from the problem document, if there was one.
	Code, Detail string
	// RetryAfter is the pause that Hangar asked for; 0 without one.
	RetryAfter time.Duration

	kind  error
	cause error
}

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", e.Op, strings.TrimPrefix(e.kind.Error(), "shim: "))
	if e.Status != 0 {
		fmt.Fprintf(&text, " (%d", e.Status)
		if e.Code != "" {
			fmt.Fprintf(&text, " %s", e.Code)
		}
		text.WriteString(")")
	}
	if e.Detail != "" {
		fmt.Fprintf(&text, ": %s", e.Detail)
	}
	if e.cause != nil {
		fmt.Fprintf(&text, ": %v", e.cause)
	}
	return text.String()
}

// Unwrap gives the kind, and what failed below, if anything.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.kind}
	}
	return []error{e.kind, e.cause}
}

// RetryAfter is the pause that Hangar asked for with this error; 0 without one.
func RetryAfter(err error) time.Duration {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.RetryAfter
	}
	return 0
}

// kindOf an answer by its status and, for the one answer that ends trading, the code of its problem document: a 410 of
// something else that stands in Hangar's place, or of a Hangar at another address, must not stop a fleet.
func kindOf(status int, code string) error {
	switch status {
	case http.StatusGone:
		if code == codeGenerationEnded || code == codeMachineNotCurrent {
			return ErrGone
		}
		return ErrUnavailable
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return ErrRejected
	default:
		return ErrUnavailable
	}
}

// Nobody is asked to wait for longer than this, whatever the header says.
const maxRetryAfter = 5 * time.Minute

// parseRetryAfter reads seconds or a date; what is neither, or over, is 0.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, min(at.Sub(now), maxRetryAfter))
	}
	return 0
}
