package shim

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// What Hangar takes, in UTF-16 units as it counts them.
const (
	maxID        = 200
	maxText      = 100
	maxRunning   = 1000
	maxRunningID = 64
	maxVersion   = 100
)

// Check says what Hangar would refuse this signal for; nil where it would not. What it does not know is whether the
// trader is one of the user's, and whether the database takes the payload.
func (s Signal) Check() error {
	return errors.Join(checkID("client_id", s.ClientID), checkID("trader_id", s.TraderID),
		checkText("symbol", s.Symbol), checkTime("created_at", s.CreatedAt))
}

// Check says what Hangar would refuse this execution for; nil where it would not.
func (e Execution) Check() error {
	err := errors.Join(checkID("client_id", e.ClientID), checkID("trader_id", e.TraderID),
		checkText("outcome", e.Outcome), checkTime("started_at", e.StartedAt))
	if e.FinishedAt != nil {
		err = errors.Join(err, checkTime("finished_at", *e.FinishedAt))
	}
	return err
}

// Check says what Hangar would refuse this heartbeat for; nil where it would not.
func (h Heartbeat) Check() error {
	var err error
	if h.RunningTraderIDs == nil {
		err = errors.New("running_trader_ids is missing")
	}
	if len(h.RunningTraderIDs) > maxRunning {
		err = fmt.Errorf("%d running_trader_ids, and there may be %d", len(h.RunningTraderIDs), maxRunning)
	}
	for _, id := range h.RunningTraderIDs {
		err = errors.Join(err, checkLength("one of running_trader_ids", strings.TrimSpace(id), maxRunningID))
	}
	if h.Version != "" {
		err = errors.Join(err, checkLength("version", h.Version, maxVersion))
	}
	if h.BufferedSignals < 0 || h.MemoryMB < 0 {
		err = errors.Join(err, errors.New("a count is negative"))
	}
	return err
}

// fit leaves out what Hangar would not take, so that it hears the rest.
func (h Heartbeat) fit() Heartbeat {
	running := make([]string, 0, min(len(h.RunningTraderIDs), maxRunning))
	for _, id := range h.RunningTraderIDs {
		if len(running) < maxRunning && checkLength("", strings.TrimSpace(id), maxRunningID) == nil {
			running = append(running, id)
		}
	}
	h.RunningTraderIDs = running
	version := []rune(strings.ReplaceAll(h.Version, "\x00", ""))
	for units(string(version)) > maxVersion {
		version = version[:len(version)-1]
	}
	h.Version = string(version)
	return h
}

// checkID: an id is kept as it is, blanks included.
func checkID(field, id string) error { return checkLength(field, id, maxID) }

// checkText: blanks around a text are dropped.
func checkText(field, text string) error { return checkLength(field, strings.TrimSpace(text), maxText) }

func checkLength(field, text string, most int) error {
	switch length := units(text); {
	case length == 0:
		return fmt.Errorf("%s is empty", field)
	case length > most:
		return fmt.Errorf("%s has %d characters, and may have %d", field, length, most)
	case strings.ContainsRune(text, 0):
		return fmt.Errorf("%s contains NUL", field)
	}
	return nil
}

func checkTime(field string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("%s is missing", field)
	}
	return nil
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, len(utf16.AppendRune(nil, r)))
	}
	return n
}
