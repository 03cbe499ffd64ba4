package hangar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

const (
	defaultHeartbeat = 30 * time.Second
	// Where bootstrap says that traders are moving but not when to ask again.
	defaultMovingRetry = 2 * time.Second
)

// follow does what Hangar says until ctx ends.
func (a *App) follow(ctx context.Context) {
	if a.config.Mode == ModeShared {
		a.cycles.admit()
		a.enter(StateTrading)
		a.followPlacement(ctx)
		return
	}
	follower := follower{app: a, backoff: a.backoff(), askAt: a.clock.Now()}
	follower.run(ctx)
}

func (a *App) backoff() shim.Backoff {
	return shim.Backoff{First: firstPause, Max: maxPause, Jitter: a.options.jitter}
}

// follower asks for the bootstrap until it has it, sends heartbeats from then on, and asks for the bootstrap again
// whenever Hangar says so.
type follower struct {
	app     *App
	backoff shim.Backoff

	known        *shim.Bootstrap
	askAt        time.Time // zero: not to be asked
	askFailures  int
	beatAt       time.Time // zero: not before the first bootstrap
	beatFailures int
}

func (f *follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		now := f.app.clock.Now()
		switch {
		case isDue(f.askAt, now):
			f.ask(ctx)
		case isDue(f.beatAt, now):
			f.beat(ctx)
		default:
			_ = clock.Sleep(ctx, f.app.clock, earliest(f.askAt, f.beatAt).Sub(now))
		}
	}
}

// ask asks what to run, once.
func (f *follower) ask(ctx context.Context) {
	etag := ""
	if f.known != nil {
		etag = f.known.ETag
	}
	answer, err := f.app.client.Bootstrap(ctx, etag)
	if errors.Is(err, shim.ErrNotModified) {
		answer, err = f.known, nil
	}
	if err == nil {
		err = f.app.checkOwner(answer)
	}
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, shim.ErrGone):
		f.app.markGone()
		<-ctx.Done()
		return
	case err != nil:
		f.askFailures++
		f.app.log.Warn("bootstrap failed", "error", err, "tries", f.askFailures)
		f.askAt = f.app.clock.Now().Add(f.backoff.After(f.askFailures, err))
		return
	}
	f.askFailures, f.askAt = 0, time.Time{}
	f.obey(ctx, answer)
}

// checkOwner refuses traders of somebody else, or of another life of this user, whatever the answer says.
func (a *App) checkOwner(answer *shim.Bootstrap) error {
	if strings.EqualFold(answer.UserID, a.config.UserID) && answer.Generation == a.config.Generation {
		return nil
	}
	return fmt.Errorf("%w: bootstrap is for user %s, generation %d", shim.ErrUnavailable, answer.UserID, answer.Generation)
}

func (f *follower) obey(ctx context.Context, answer *shim.Bootstrap) {
	first := f.known == nil
	changed := f.known != answer
	f.known = answer
	if graceMS := answer.DrainGraceMS; graceMS != nil {
		f.app.grace.Store(int64(millis(max(1, *graceMS), 0)))
	}
	if answer.Directive == shim.DirectiveDrain {
		f.app.Drain("bootstrap")
		<-ctx.Done()
		return
	}
	if changed {
		f.app.takeTraders(answer)
	}
	if answer.Placement != shim.PlacementDedicated && answer.RetryAfterMS == nil {
		f.askAt = f.app.clock.Now().Add(defaultMovingRetry)
	} else if answer.RetryAfterMS != nil {
		f.askAt = f.app.clock.Now().Add(millis(*answer.RetryAfterMS, defaultMovingRetry))
	}
	if first {
		f.app.cycles.admit()
		f.app.enter(StateTrading, "traders", len(answer.Traders), "placement", answer.Placement)
		f.beatAt = f.app.clock.Now()
	}
}

// takeTraders makes what bootstrap says the traders of the next cycle. While they are moving they run elsewhere.
func (a *App) takeTraders(answer *shim.Bootstrap) {
	next := answer.Traders
	if answer.Placement != shim.PlacementDedicated {
		next = nil
	}
	before := a.roster.ids()
	a.roster.setTraders(next)
	after := a.roster.ids()
	for _, id := range before {
		if !slices.Contains(after, id) {
			a.log.Info("trader stopped", "trader_id", id)
		}
	}
	for _, trader := range next {
		if !slices.Contains(before, trader.ID) {
			a.log.Info("trader started", "trader_id", trader.ID, "name", trader.Name)
		}
	}
	a.setSupabase(answer.Supabase)
}

func (a *App) setSupabase(next *Supabase) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.supabase = next
}

// beat sends one heartbeat and does what the answer says.
func (f *follower) beat(ctx context.Context) {
	answer, err := f.app.client.Heartbeat(ctx, f.app.heartbeat())
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, shim.ErrGone):
		f.app.markGone()
		<-ctx.Done()
		return
	case err != nil:
		f.beatFailures++
		f.app.log.Warn("heartbeat failed, going on", "error", err, "tries", f.beatFailures)
		f.beatAt = f.app.clock.Now().Add(f.retryBeat(err))
		return
	}
	f.beatFailures = 0
	f.beatAt = f.app.clock.Now().Add(f.interval())
	if slices.Contains(answer.Directives, shim.DirectiveDrain) {
		f.app.Drain("directive")
		<-ctx.Done()
		return
	}
	if answer.Supabase != nil {
		f.app.setSupabase(answer.Supabase)
	}
	if slices.Contains(answer.Directives, shim.DirectiveReload) {
		f.askAt = f.app.clock.Now()
	}
}

func (f *follower) interval() time.Duration {
	return millis(f.known.HeartbeatIntervalMS, defaultHeartbeat)
}

// retryBeat is the pause after a failed heartbeat. An unknown token or a wrong request will not be better soon.
func (f *follower) retryBeat(err error) time.Duration {
	if errors.Is(err, shim.ErrUnauthorized) || errors.Is(err, shim.ErrRejected) {
		return f.interval()
	}
	return max(min(f.interval(), f.backoff.After(f.beatFailures, nil)), shim.RetryAfter(err))
}

func (a *App) heartbeat() shim.Heartbeat {
	beat := shim.Heartbeat{
		RunningTraderIDs: a.roster.ids(),
		BufferedSignals:  a.signals.size(),
		MemoryMB:         memoryMB(),
		Version:          a.options.Version,
	}
	if _, lastAt := a.cycles.progress(); !lastAt.IsZero() {
		lastAt = lastAt.UTC()
		beat.LastCycleAt = &lastAt
	}
	if supabase := a.Supabase(); supabase != nil {
		beat.SupabaseTokenExpiresAt = &supabase.ExpiresAt
	}
	return beat
}

func isDue(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
