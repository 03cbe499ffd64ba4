package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
)

func TestManualTimersFireInTheirTime(t *testing.T) {
	manual := clock.NewManual(time.Unix(0, 0))
	soon, late, now := manual.NewTimer(time.Second), manual.NewTimer(time.Minute), manual.NewTimer(0)
	<-now.C()
	manual.Advance(time.Second)
	<-soon.C()
	select {
	case <-late.C():
		t.Error("too early")
	default:
	}
	if pending := manual.Pending(); len(pending) != 1 || pending[0] != time.Minute {
		t.Error(pending)
	}
	late.Stop()
	late.Stop()
	if pending := manual.Pending(); len(pending) != 0 {
		t.Error(pending)
	}
}

func TestSleep(t *testing.T) {
	for name, c := range map[string]clock.Clock{"system": clock.System(), "manual": clock.NewManual(time.Unix(0, 0))} {
		if err := clock.Sleep(context.Background(), c, 0); err != nil {
			t.Error(name, err)
		}
		ended, cancel := context.WithCancelCause(context.Background())
		why := errors.New("why")
		cancel(why)
		if err := clock.Sleep(ended, c, time.Hour); err != why {
			t.Error(name, err)
		}
	}
	if err := clock.Sleep(context.Background(), clock.System(), time.Nanosecond); err != nil {
		t.Error(err)
	}
}

func TestWithTimeout(t *testing.T) {
	manual := clock.NewManual(time.Unix(0, 0))
	ctx, cancel := clock.WithTimeout(context.Background(), manual, time.Second)
	manual.Advance(time.Second)
	<-ctx.Done()
	if context.Cause(ctx) != context.DeadlineExceeded {
		t.Error(context.Cause(ctx))
	}
	cancel()
	ctx, cancel = clock.WithTimeout(context.Background(), manual, time.Second)
	cancel()
	if context.Cause(ctx) != context.Canceled || len(manual.Pending()) != 0 {
		t.Error(context.Cause(ctx), manual.Pending())
	}
	ctx, cancel = clock.WithTimeout(context.Background(), manual, 0)
	defer cancel()
	if context.Cause(ctx) != context.DeadlineExceeded {
		t.Error(context.Cause(ctx))
	}
}
