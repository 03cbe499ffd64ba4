package hangar

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

const (
	// A user whose traders move waits for a run that goes on for so long, and no longer: it is told to give up. With
	// the questions' and the app's own pace this leaves nobody without traders for a minute.
	handoverBound = 20 * time.Second
	// However little changes: what was missed, for whatever reason, is known again by then.
	completeEvery = 5 * time.Minute
	// The last word of a shared backend is one try.
	leaveTimeout = 2 * time.Second
)

// followPlacement keeps the shared backend's roster as Hangar has it, and confirms to Hangar whose traders have
// stopped, until ctx ends. It goes on in a drain: as long as a cycle runs, Hangar has to know of this process.
func (a *App) followPlacement(ctx context.Context) {
	watch := placementWatch{app: a, backoff: a.backoff(), movers: map[shim.Released]*mover{}}
	for ctx.Err() == nil {
		watch.turn(ctx)
	}
}

type placementWatch struct {
	app      *App
	backoff  shim.Backoff
	cursor   string
	failures int
	// When to ask, and when to ask for everybody.
	askAt, completeAt time.Time
	// Who is moving, each in one move.
	movers map[shim.Released]*mover
}

type mover struct {
	seenAt time.Time
	// Hangar knows that this process runs nothing of theirs. It names a user again only when something changes.
	told bool
	// What held their traders was told to give up.
	cut bool
}

// turn asks if it is time, confirms what can be confirmed, and waits until there is something to do.
func (w *placementWatch) turn(ctx context.Context) {
	var err error
	asks := !w.askAt.After(w.app.clock.Now())
	if asks {
		err = w.ask(ctx)
	}
	// Taken before anything is looked at, so that no change falls in between.
	_, changed := w.app.cycles.idle()
	free, someWait, nextCut := w.look()
	if err == nil {
		err = w.confirm(ctx, free)
	}
	if asks || err != nil {
		w.settle(ctx, err)
	}
	if !someWait {
		changed = nil
	}
	timer := w.app.clock.NewTimer(earliest(w.askAt, nextCut).Sub(w.app.clock.Now()))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C():
	case <-ctx.Done():
	}
}

// settle decides when to ask next.
func (w *placementWatch) settle(ctx context.Context, err error) {
	every, now := w.app.options.PlacementEvery, w.app.clock.Now()
	if err == nil || ctx.Err() != nil {
		w.failures, w.askAt = 0, now.Add(every)
		return
	}
	w.failures++
	w.app.log.Warn("placement not known, going on with the last one", "error", err, "tries", w.failures)
	w.askAt = now.Add(max(min(every, w.backoff.After(w.failures, nil)), shim.RetryAfter(err)))
}

// ask asks once, and takes the answer.
func (w *placementWatch) ask(ctx context.Context) error {
	now := w.app.clock.Now()
	if !w.completeAt.After(now) {
		w.cursor = ""
	}
	answer, err := w.app.client.Placement(ctx, w.cursor)
	if err != nil {
		if errors.Is(err, shim.ErrRejected) {
			// Hangar cannot read this cursor: begin with everybody.
			w.cursor = ""
		}
		return err
	}
	w.cursor = answer.Cursor
	if answer.Complete {
		w.completeAt = now.Add(completeEvery)
	}
	w.note(w.app.roster.place(answer), answer.Complete)
	return nil
}

// note keeps what is known of those who are still in the same move, and forgets the others. A complete answer may be
// another database's, as after a restore, which knows nothing of what Hangar was told: it is told again.
func (w *placementWatch) note(moving []shim.Released, complete bool) {
	before := w.movers
	w.movers = make(map[shim.Released]*mover, len(moving))
	for _, user := range moving {
		one := before[user]
		if one == nil {
			one = &mover{seenAt: w.app.clock.Now()}
		}
		if complete {
			one.told = false
		}
		w.movers[user] = one
	}
}

// look returns who can be confirmed, whether others wait for a cycle to end, and when the next of those has waited for
// long enough, if any does. What holds those who have is told to give up.
func (w *placementWatch) look() (free []shim.Released, someWait bool, nextCut time.Time) {
	now := w.app.clock.Now()
	for user, one := range w.movers {
		if one.told {
			continue
		}
		if !w.app.cycles.holds(customOf(user.UserID)) {
			free = append(free, user)
			continue
		}
		someWait = true
		if one.cut {
			continue
		}
		if cutAt := one.seenAt.Add(handoverBound); cutAt.After(now) {
			nextCut = earliest(nextCut, cutAt)
			continue
		}
		one.cut = true
		told := w.app.cycles.giveUp(customOf(user.UserID), ErrMoved)
		w.app.log.Warn("told to give up, because a user waits for their traders elsewhere",
			"user_id", user.UserID, "move", user.Move, "runs", told)
	}
	return free, someWait, nextCut
}

func (w *placementWatch) confirm(ctx context.Context, free []shim.Released) error {
	for len(free) > 0 {
		part := free[:min(len(free), shim.MaxReleased)]
		if err := w.app.client.Released(ctx, part); err != nil {
			return err
		}
		for _, user := range part {
			w.movers[user].told = true
			w.app.log.Info("user released", "user_id", user.UserID, "move", user.Move)
		}
		free = free[len(part):]
	}
	return nil
}

// leave tells Hangar that this process runs nothing any more, so that nobody has to wait until it is forgotten.
func (a *App) leave() {
	if a.cycles.unfinished() > 0 {
		return
	}
	ctx, cancel := clock.WithTimeout(a.alive, a.clock, leaveTimeout)
	defer cancel()
	if err := a.client.Leave(ctx); err != nil {
		a.log.Warn("Hangar does not know that this process has ended", "error", err)
	}
}

// customOf matches the custom traders of a user.
func customOf(userID string) func(Trader) bool {
	return func(trader Trader) bool { return !trader.BuiltIn && strings.EqualFold(trader.UserID, userID) }
}
