package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
)

// definition is what this screener understands of a trader's; anything else in it is left alone.
type definition struct {
	Symbols []string `json:"symbols"`
	// A signal in every n-th cycle; 0 never.
	SignalEvery *int `json:"signal_every"`
	// So many signals in every cycle, in the place of SignalEvery.
	SignalsPerCycle int `json:"signals_per_cycle"`
	// How long one run takes.
	WorkMS int `json:"work_ms"`
}

func readDefinition(raw json.RawMessage) definition {
	var read definition
	// What cannot be read is a trader with the defaults, not a cycle that fails.
	_ = json.Unmarshal(raw, &read)
	if len(read.Symbols) == 0 {
		read.Symbols = []string{"BTC-USD"}
	}
	if read.SignalEvery == nil {
		every := 10
		read.SignalEvery = &every
	}
	return read
}

// cycles runs the traders, again and again: one cycle goes through all of them in order.
type cycles struct {
	app      *hangar.App
	stream   *stream
	log      *slog.Logger
	settings settings
}

// run returns when trading is over.
func (c cycles) run(ctx context.Context) {
	for number := 1; ; number++ {
		cycle, err := c.app.StartCycle(ctx)
		if err != nil {
			return
		}
		c.runCycle(cycle, number)
		pause := time.NewTimer(c.settings.cycle)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

func (c cycles) runCycle(cycle *hangar.Cycle, number int) {
	defer cycle.Done()
	startedAt := time.Now()
	ids := make([]string, 0, len(cycle.Traders))
	for _, trader := range cycle.Traders {
		if cycle.Run(trader, func(ctx context.Context) { c.runTrader(ctx, trader, number) }) {
			ids = append(ids, trader.ID)
		}
	}
	// The end is said before the cycle is done: whoever compares two processes' logs must not see them overlap.
	c.log.Info("cycle finished", "cycle", number, "trader_ids", ids, "started_at", startedAt.UTC(), "finished_at", time.Now().UTC())
}

func (c cycles) runTrader(ctx context.Context, trader hangar.Trader, number int) {
	execution := hangar.Execution{TraderID: trader.ID, StartedAt: time.Now(), Outcome: "completed"}
	asked := readDefinition(trader.Definition)
	work(ctx, time.Duration(asked.WorkMS)*time.Millisecond)
	if ctx.Err() == nil {
		for n := 0; n < c.signalsIn(number, trader.ID, asked); n++ {
			c.find(ctx, trader, asked.Symbols[(number+n)%len(asked.Symbols)], number, n)
		}
		finishedAt := time.Now().UTC()
		execution.FinishedAt = &finishedAt
	} else {
		execution.Outcome = "cut_off"
	}
	if err := c.app.Execution(ctx, execution); err != nil && !errors.Is(err, hangar.ErrStopped) {
		c.log.Warn("execution not kept", "trader_id", trader.ID, "error", err)
	}
}

func (c cycles) find(ctx context.Context, trader hangar.Trader, symbol string, number, n int) {
	signal := hangar.Signal{
		TraderID: trader.ID,
		Symbol:   symbol,
		Payload:  map[string]any{"price": market{c.settings.seed}.price(symbol, number), "cycle": number, "n": n},
	}
	if err := c.app.Signal(ctx, signal); err != nil {
		return
	}
	c.stream.send(signal)
	if n == 0 {
		c.log.Info("signal", "trader_id", trader.ID, "symbol", symbol, "cycle", number)
	}
}

func (c cycles) signalsIn(number int, traderID string, asked definition) int {
	switch {
	case asked.SignalsPerCycle > 0:
		return asked.SignalsPerCycle
	case c.settings.signalsPerCycle > 0:
		return c.settings.signalsPerCycle
	case firesIn(number, traderID, *asked.SignalEvery):
		return 1
	default:
		return 0
	}
}

// firesIn: the trader's own offset keeps many traders from firing in the same cycle.
func firesIn(cycle int, traderID string, every int) bool {
	if every <= 0 {
		return false
	}
	digest := sha256.Sum256([]byte(traderID))
	return (cycle+int(binary.BigEndian.Uint16(digest[:])))%every == 0
}

func work(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
