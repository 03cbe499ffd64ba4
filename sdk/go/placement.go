package hangar

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

// followPlacement keeps the shared backend's roster as Hangar has it, and confirms to Hangar whose traders have
// stopped, until ctx ends.
func (a *App) followPlacement(ctx context.Context) {
	watch := placementWatch{app: a, backoff: a.backoff(), told: map[string]bool{}}
	for ctx.Err() == nil {
		_ = clock.Sleep(ctx, a.clock, watch.poll(ctx))
	}
}

type placementWatch struct {
	app      *App
	backoff  shim.Backoff
	cursor   string
	failures int
	// The moving users whom Hangar has been told about. It names a user again only when something changes.
	told map[string]bool
}

// poll asks once, confirms what is to be confirmed, and returns how long to wait.
func (w *placementWatch) poll(ctx context.Context) time.Duration {
	every := w.app.options.PlacementEvery
	answer, err := w.app.client.Placement(ctx, w.cursor)
	if err == nil {
		moving := w.app.roster.place(w.cursor == "", answer.Users)
		w.cursor = answer.Cursor
		for id := range w.told {
			// Named anew: what was confirmed was an earlier move.
			named := slices.ContainsFunc(answer.Users, func(u shim.UserPlacement) bool { return strings.EqualFold(u.UserID, id) })
			if named || !slices.Contains(moving, id) {
				delete(w.told, id)
			}
		}
		err = w.release(ctx, moving)
	} else if errors.Is(err, shim.ErrRejected) {
		// Hangar does not know this cursor any more: begin with everybody.
		w.cursor = ""
	}
	if ctx.Err() != nil {
		return 0
	}
	if err != nil {
		w.failures++
		w.app.log.Warn("placement not known, going on with the last one", "error", err, "tries", w.failures)
		return max(min(every, w.backoff.After(w.failures, nil)), shim.RetryAfter(err))
	}
	w.failures = 0
	return every
}

// release waits for the last cycle of the moving users and confirms it. One whose cycle is long holds up the next
// question for half of its interval at most.
func (w *placementWatch) release(ctx context.Context, moving []string) error {
	limited, cancel := clock.WithTimeout(ctx, w.app.clock, w.app.options.PlacementEvery/2)
	defer cancel()
	for {
		// Asked for before anything is looked at, so that no change falls in between.
		_, changed := w.app.cycles.idle()
		var free []string
		waiting := false
		for _, id := range moving {
			if w.told[id] {
				continue
			}
			if runs, _ := w.app.cycles.runsAny(customOf(id)); runs {
				waiting = true
			} else {
				free = append(free, id)
			}
		}
		if len(free) > 0 {
			if err := w.app.client.Released(ctx, free); err != nil {
				return err
			}
			for _, id := range free {
				w.told[id] = true
			}
			w.app.log.Info("users released", "user_ids", free)
			continue
		}
		if !waiting {
			return nil
		}
		select {
		case <-changed:
		case <-limited.Done():
			return nil
		}
	}
}

// customOf matches the custom traders of a user.
func customOf(userID string) func(Trader) bool {
	return func(trader Trader) bool { return !trader.BuiltIn && strings.EqualFold(trader.UserID, userID) }
}
