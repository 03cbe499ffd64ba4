package hangar_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	hangar "github.com/vyx/hangar/sdk/go"
	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

func small(items int) func(*hangar.Options) {
	return func(o *hangar.Options) { o.BufferItems = items }
}

func (r *rig) offer(id string) error {
	return r.app.Signal(context.Background(), hangar.Signal{ClientID: id, TraderID: momentum.ID, Symbol: "BTCUSDT"})
}

func TestFullBufferHoldsBackThenLoses(t *testing.T) {
	r := newRig(t, momentum).run(small(2)).trading()
	r.server.Always("signals", hangartest.Status(503))
	r.signal("s1")
	r.signal("s2")
	r.await(250 * time.Millisecond)
	waiting := make(chan error)
	go func() { waiting <- r.offer("s3") }()
	r.step(5 * time.Second)
	r.await(500 * time.Millisecond)
	if err := <-waiting; !errors.Is(err, hangar.ErrBufferFull) {
		t.Error(err)
	}
	if line := r.logged("signals lost"); line["reason"] != "overflow" || line["lost_in_all"] != 1.0 {
		t.Error(line)
	}
	// A trader goes on: it has waited once, and does not wait again and again while nothing moves.
	for n := 0; n < 1000; n++ {
		if err := r.offer("more"); !errors.Is(err, hangar.ErrBufferFull) {
			t.Fatal(err)
		}
	}
	if n := len(r.log.lines("signals lost")); n != 1 {
		t.Errorf("%d lines of log in no time", n)
	}
	r.clock.Advance(10 * time.Second)
	r.await(time.Second)
	if err := r.offer("another"); !errors.Is(err, hangar.ErrBufferFull) {
		t.Error(err)
	}
	if lines := r.log.lines("signals lost"); len(lines) != 2 || lines[1]["lost"] != 1001.0 || lines[1]["lost_in_all"] != 1002.0 {
		t.Error(lines)
	}
	r.server.Always("signals", nil)
	go func() { r.stop <- syscall.SIGTERM }()
	r.exits(nil)
	r.wantStored("signals", "s1", "s2")
	r.wantReport(`{"signals_flushed":2,"executions_flushed":0,"lost":1002,"rejected":0}`)
}

func TestFullBufferTakesMoreOnceThereIsRoom(t *testing.T) {
	r := newRig(t, momentum).run(small(1)).trading()
	r.server.Script("signals", hangartest.Status(503))
	r.signal("s1")
	r.server.Await("signals", 1)
	waiting := make(chan error)
	go func() { waiting <- r.offer("s2") }()
	r.await(5 * time.Second)
	r.step(250 * time.Millisecond)
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	r.terminate()
	r.wantStored("signals", "s1", "s2")
}

func TestFullBufferAndNobodyWhoWaits(t *testing.T) {
	r := newRig(t, momentum).run(small(1)).trading()
	r.server.Always("signals", hangartest.Status(503))
	r.signal("s1")
	r.await(250 * time.Millisecond)
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("the cycle was cut off")
	cancel(why)
	err := r.app.Signal(ctx, hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT"})
	if !errors.Is(err, hangar.ErrBufferFull) || !errors.Is(err, why) {
		t.Error(err)
	}
	// Its haste is not everybody's.
	waiting := make(chan error, 1)
	go func() { waiting <- r.offer("s2") }()
	r.await(5 * time.Second)
	r.server.Always("signals", nil)
	r.step(250 * time.Millisecond)
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	r.terminate()
	r.wantStored("signals", "s1", "s2")
	r.wantReport(`{"signals_flushed":2,"executions_flushed":0,"lost":1,"rejected":0}`)
}

// asking is a log that asks the app how it is, with each line.
type asking struct {
	slog.Handler
	app func() *hangar.App
}

func (h asking) Handle(ctx context.Context, line slog.Record) error {
	if app := h.app(); app != nil {
		app.Health()
	}
	return h.Handler.Handle(ctx, line)
}

func TestALogMayAskTheApp(t *testing.T) {
	r := newRig(t, momentum)
	var known atomic.Pointer[hangar.App]
	r.run(func(o *hangar.Options) { o.Logger = slog.New(asking{o.Logger.Handler(), known.Load}) }).trading()
	known.Store(r.app)
	if err := r.app.Signal(context.Background(), hangar.Signal{Payload: func() {}}); err == nil {
		t.Error("a function is not JSON")
	}
	r.logged("signals lost")
	r.terminate()
}

func TestBufferIsBoundedInBytes(t *testing.T) {
	r := newRig(t, momentum).run(func(o *hangar.Options) { o.BufferBytes = 1 }).trading()
	r.server.Always("signals", hangartest.Status(503))
	big := hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT", Payload: map[string]string{"text": strings.Repeat("x", 600_000)}}
	if err := r.app.Signal(context.Background(), big); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() { waiting <- r.app.Signal(context.Background(), big) }()
	r.step(5 * time.Second)
	if err := <-waiting; !errors.Is(err, hangar.ErrBufferFull) {
		t.Error(err)
	}
	r.server.Always("signals", nil)
}

func TestWhatNoCallCanHold(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	huge := hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT", Payload: map[string]string{"text": strings.Repeat("x", 1<<20)}}
	if err := r.app.Signal(context.Background(), huge); !errors.Is(err, hangar.ErrTooLarge) {
		t.Error(err)
	}
	if err := r.app.Signal(context.Background(), hangar.Signal{Payload: func() {}}); err == nil {
		t.Error("a function is not JSON")
	}
	r.terminate()
	r.wantReport(`{"signals_flushed":0,"executions_flushed":0,"lost":2,"rejected":0}`)
}

// Batches hold up to 500 items and up to 1 MiB, in the order in which they came; the double complains about more.
func TestBatches(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	release := make(chan struct{})
	r.server.Script("signals", hangartest.HoldUntil(release))
	var want []string
	for n := 0; n < 1_203; n++ {
		id := fmt.Sprintf("s%04d", n)
		want = append(want, id)
		signal := hangar.Signal{ClientID: id, TraderID: momentum.ID, Symbol: "BTCUSDT"}
		if n > 1_200 {
			signal.Payload = map[string]string{"text": strings.Repeat("x", 700_000)}
		}
		if err := r.app.Signal(context.Background(), signal); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	r.terminate()
	r.wantStored("signals", want...)
	if n := len(r.server.Calls("signals")); n < 4 || n > 6 {
		t.Errorf("%d calls", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	r.server.Script("signals", hangartest.DropAfter)
	var all sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := 0; n < 500; n++ {
				if err := r.app.Signal(context.Background(), hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT"}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	r.step(250 * time.Millisecond)
	r.terminate()
	if n := len(r.server.Stored("signals")); n != 4_000 {
		t.Errorf("%d stored", n)
	}
	r.wantReport(`{"signals_flushed":4000,"executions_flushed":0,"lost":0,"rejected":0}`)
}

func TestWhatIsFilledIn(t *testing.T) {
	r := newRig(t, momentum).run().trading()
	at := began.Add(1234567 * time.Nanosecond)
	if err := r.app.Execution(context.Background(), hangar.Execution{TraderID: momentum.ID, StartedAt: at, FinishedAt: &at, Outcome: "completed"}); err != nil {
		t.Fatal(err)
	}
	if err := r.app.Signal(context.Background(), hangar.Signal{TraderID: momentum.ID, Symbol: "BTCUSDT"}); err != nil {
		t.Fatal(err)
	}
	r.terminate()
	var ids []string
	for _, kind := range []string{"signals", "executions"} {
		for _, item := range r.server.Stored(kind) {
			ids = append(ids, item.ClientID)
		}
	}
	if len(ids) != 2 || ids[0] == ids[1] || len(ids[0]) != 36 || ids[0][14] != '4' {
		t.Errorf("%q", ids)
	}
	r.wantReport(`{"signals_flushed":1,"executions_flushed":1,"lost":0,"rejected":0}`)
}

// A token shows itself to nobody who only prints it.
func TestSecretsStaySecret(t *testing.T) {
	secret := shim.Secret("hgr_do_not_show")
	for _, text := range []string{
		fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x", secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%+v %#v", hangar.Config{Token: secret}, hangar.Config{Token: secret}),
	} {
		if strings.Contains(text, "do_not") || strings.Contains(text, "6867725f") {
			t.Error(text)
		}
	}
	r := newRig(t, momentum).run().trading()
	r.server.Always("heartbeat", hangartest.Status(401))
	r.step(30 * time.Second)
	r.logged("heartbeat failed, going on")
	r.terminate()
	for _, secret := range []shim.Secret{hangartest.Token, hangartest.ShutdownToken} {
		if strings.Contains(r.log.text(), secret.Reveal()) {
			t.Error("a token is in the log")
		}
	}
}
