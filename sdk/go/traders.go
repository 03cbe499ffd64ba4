package hangar

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
)

const (
	// Every cycle asks for all traders, of which there may be many, and cycles may be many too.
	tradersKeptFor = 2 * time.Second
	// However long the list takes, a cycle waits no longer for it, and goes on with the last one.
	tradersTimeout = 10 * time.Second
)

// traderList is what Options.Traders says, asked by one caller at a time.
//
//	known ──too old──▶ loading ──answered or failed──▶ known
//	                      └──too slow: nobody waits for it any more──▶ loading──answered or failed──▶ known
type traderList struct {
	load  func(context.Context) ([]Trader, error)
	take  func([]Trader)
	clock clock.Clock
	log   *slog.Logger

	mu      sync.Mutex
	askedAt time.Time
	// Closed when it is over; nil while nobody asks.
	loading chan struct{}
}

func newTraderList(load func(context.Context) ([]Trader, error), take func([]Trader), c clock.Clock, log *slog.Logger) *traderList {
	return &traderList{load: load, take: take, clock: c, log: log}
}

// refresh returns when the list is new enough, or cannot be had in time.
func (l *traderList) refresh(ctx context.Context) {
	select {
	case <-l.begin():
	case <-ctx.Done():
	}
}

// begin asks unless somebody does so already or did so a moment ago; the channel is closed when there is nothing to
// wait for any more.
func (l *traderList) begin() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loading != nil {
		return l.loading
	}
	waited := make(chan struct{})
	if now := l.clock.Now(); l.askedAt.IsZero() || now.Sub(l.askedAt) >= tradersKeptFor {
		l.askedAt, l.loading = now, waited
		go l.ask(waited)
	} else {
		close(waited)
	}
	return waited
}

func (l *traderList) ask(waited chan struct{}) {
	// Not any one caller's context: others wait for the same answer.
	ctx, cancel := clock.WithTimeout(context.Background(), l.clock, tradersTimeout)
	var all []Trader
	var err error
	over := background(func() { all, err = l.load(ctx) })
	isAwaited := true
	select {
	case <-over:
	case <-ctx.Done():
		isAwaited = false
		l.log.Error("traders take too long, going on with the known ones", "limit", tradersTimeout.String())
		close(waited)
		// One that does not heed its context is waited for here: there is never more than one at work.
		<-over
	}
	if err != nil {
		l.log.Error("traders not loaded, going on with the known ones", "error", err)
	} else {
		l.take(all)
	}
	cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loading = nil
	if isAwaited {
		close(waited)
	}
}
