package hangar

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

// followPlacement keeps the shared backend's roster as Hangar has it, and confirms to Hangar whose traders have
// stopped, until ctx ends.
func (a *App) followPlacement(ctx context.Context) {
	watch := placementWatch{app: a, backoff: a.backoff()}
	for ctx.Err() == nil {
		_ = clock.Sleep(ctx, a.clock, watch.poll(ctx))
	}
}

type placementWatch struct {
	app      *App
	backoff  shim.Backoff
	cursor   string
	failures int
	// What Hangar has been told. It names a user again only when something changes.
	told map[shim.Released]bool
}

// poll asks once, confirms what is to be confirmed, and returns how long to wait.
func (w *placementWatch) poll(ctx context.Context) time.Duration {
	every := w.app.options.PlacementEvery
	answer, err := w.app.client.Placement(ctx, w.cursor)
	if err == nil {
		w.cursor = answer.Cursor
		err = w.release(ctx, w.untold(w.app.roster.place(answer)))
	} else if errors.Is(err, shim.ErrRejected) {
		// Hangar cannot read this cursor: begin with everybody.
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

// untold leaves out whom Hangar has been told about in this very move, and forgets moves that are over.
func (w *placementWatch) untold(moving []shim.Released) (left []shim.Released) {
	told := map[shim.Released]bool{}
	for _, user := range moving {
		if w.told[user] {
			told[user] = true
		} else {
			left = append(left, user)
		}
	}
	w.told = told
	return left
}

// release waits for the last cycle of the moving users and confirms it. One whose cycle is long holds up the next
// question for half of its interval at most.
func (w *placementWatch) release(ctx context.Context, moving []shim.Released) error {
	limited, cancel := clock.WithTimeout(ctx, w.app.clock, w.app.options.PlacementEvery/2)
	defer cancel()
	for {
		// Asked for before anything is looked at, so that no change falls in between.
		_, changed := w.app.cycles.idle()
		var free, busy []shim.Released
		for _, user := range moving {
			if w.app.cycles.runAny(customOf(user.UserID)) {
				busy = append(busy, user)
			} else {
				free = append(free, user)
			}
		}
		if err := w.confirm(ctx, free); err != nil {
			return err
		}
		if len(busy) == 0 {
			return nil
		}
		moving = busy
		select {
		case <-changed:
		case <-limited.Done():
			return nil
		}
	}
}

func (w *placementWatch) confirm(ctx context.Context, free []shim.Released) error {
	for len(free) > 0 {
		part := free[:min(len(free), shim.MaxReleased)]
		if err := w.app.client.Released(ctx, part); err != nil {
			return err
		}
		for _, user := range part {
			w.told[user] = true
			w.app.log.Info("user released", "user_id", user.UserID, "move", user.Move)
		}
		free = free[len(part):]
	}
	return nil
}

// customOf matches the custom traders of a user.
func customOf(userID string) func(Trader) bool {
	return func(trader Trader) bool { return !trader.BuiltIn && strings.EqualFold(trader.UserID, userID) }
}
