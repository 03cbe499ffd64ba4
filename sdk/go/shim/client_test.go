package shim_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/internal/clock"
	"github.com/vyx/hangar/sdk/go/shim"
)

func newClient(t *testing.T, url string) *shim.Client {
	client := shim.New(shim.Options{URL: url, Token: hangartest.Token, MachineID: hangartest.MachineID})
	t.Cleanup(client.Close)
	return client
}

func TestKinds(t *testing.T) {
	for _, one := range []struct {
		status int
		kind   error
	}{
		{401, shim.ErrUnauthorized}, {410, shim.ErrUnavailable}, {413, shim.ErrRejected}, {422, shim.ErrRejected},
		{400, shim.ErrUnavailable}, {403, shim.ErrUnavailable}, {404, shim.ErrUnavailable}, {409, shim.ErrUnavailable},
		{429, shim.ErrUnavailable}, {500, shim.ErrUnavailable}, {503, shim.ErrUnavailable}, {204, shim.ErrUnavailable},
		{304, shim.ErrUnavailable}, {307, shim.ErrUnavailable},
	} {
		server := hangartest.NewServer(t)
		server.Always("heartbeat", hangartest.Status(one.status))
		_, err := newClient(t, server.URL).Heartbeat(context.Background(), shim.Heartbeat{})
		for _, kind := range []error{shim.ErrUnauthorized, shim.ErrGone, shim.ErrRejected, shim.ErrUnavailable} {
			if errors.Is(err, kind) != (kind == one.kind) {
				t.Errorf("%d: %v", one.status, err)
			}
		}
		var failed *shim.Error
		if !errors.As(err, &failed) || failed.Status != one.status || failed.Op != "POST /shim/v1/heartbeat" {
			t.Errorf("%d: %+v", one.status, failed)
		}
	}
}

// Only Hangar's own word ends trading, and whose word it is, its code says.
func TestWhose410(t *testing.T) {
	for body, kind := range map[string]error{
		`{"type":"urn:hangar:problem:generation_ended","title":"…","status":410,"code":"generation_ended"}`: shim.ErrGone,
		`{"code":"machine_not_current"}`: shim.ErrGone,
		``:                               shim.ErrUnavailable,
		`<html>410 Gone</html>`:          shim.ErrUnavailable,
		`{"code":"gone"}`:                shim.ErrUnavailable,
		`{"code":["generation_ended"]}`:  shim.ErrUnavailable,
		`{"code":"generation_ended"`:     shim.ErrUnavailable,
		`"generation_ended"`:             shim.ErrUnavailable,
	} {
		client := shim.New(shim.Options{URL: "http://hangar.invalid", Transport: answer(func() *http.Response {
			recorder := httptest.NewRecorder()
			recorder.WriteHeader(http.StatusGone)
			recorder.WriteString(body)
			return recorder.Result()
		})})
		if err := client.Drained(context.Background(), shim.Drained{}); !errors.Is(err, kind) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	server := hangartest.NewServer(t)
	server.Script("drained", hangartest.Status(422), hangartest.Drop)
	client := newClient(t, server.URL)
	err := client.Drained(context.Background(), shim.Drained{})
	if want := "POST /shim/v1/drained: request refused (422 ordered): ordered by the test"; err.Error() != want {
		t.Error(err)
	}
	err = client.Drained(context.Background(), shim.Drained{})
	if err == nil || !strings.HasPrefix(err.Error(), "POST /shim/v1/drained: Hangar is not available: ") || strings.Contains(err.Error(), server.URL) {
		t.Error(err)
	}
}

func TestWhoOneIsDecides(t *testing.T) {
	server := hangartest.NewServer(t)
	foreign := shim.New(shim.Options{URL: server.URL, Token: "hgr_foreign", MachineID: hangartest.MachineID})
	defer foreign.Close()
	if _, err := foreign.Bootstrap(context.Background(), ""); !errors.Is(err, shim.ErrUnauthorized) {
		t.Error(err)
	}
	replaced := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: "machine-0"})
	defer replaced.Close()
	if _, err := replaced.Bootstrap(context.Background(), ""); !errors.Is(err, shim.ErrGone) {
		t.Error(err)
	}
}

func TestETag(t *testing.T) {
	server := hangartest.NewServer(t, shim.Trader{ID: "t1", Name: "One", Definition: json.RawMessage(`{"a":[1]}`)})
	client := newClient(t, server.URL)
	first, err := client.Bootstrap(context.Background(), "")
	if err != nil || first.ETag == "" || string(first.Traders[0].Definition) != `{"a":[1]}` {
		t.Fatal(first, err)
	}
	if _, err := client.Bootstrap(context.Background(), first.ETag); !errors.Is(err, shim.ErrNotModified) {
		t.Error(err)
	}
	server.Change(func(b *shim.Bootstrap) { b.Traders = nil })
	second, err := client.Bootstrap(context.Background(), first.ETag)
	if err != nil || len(second.Traders) != 0 || second.ETag == first.ETag {
		t.Error(second, err)
	}
}

// A program may have replaced the default transport, for tracing, say.
func TestTheDefaultTransportMayBeAnother(t *testing.T) {
	usual := http.DefaultTransport
	defer func() { http.DefaultTransport = usual }()
	http.DefaultTransport = answer(func() *http.Response {
		recorder := httptest.NewRecorder()
		recorder.WriteHeader(http.StatusUnauthorized)
		return recorder.Result()
	})
	if err := newClient(t, "http://hangar.invalid").Drained(context.Background(), shim.Drained{}); !errors.Is(err, shim.ErrUnauthorized) {
		t.Error(err)
	}
}

// A token is not carried to wherever an answer points.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	server := hangartest.NewServer(t)
	server.Always("bootstrap", hangartest.Status(307, "Location", elsewhere.URL))
	if _, err := newClient(t, server.URL).Bootstrap(context.Background(), ""); !errors.Is(err, shim.ErrUnavailable) {
		t.Error(err)
	}
	if asked != 0 {
		t.Error("the redirect was followed")
	}
}

func TestTimeoutAndCancellation(t *testing.T) {
	server := hangartest.NewServer(t)
	server.Always("bootstrap", hangartest.Hang)
	manual := clock.NewManual(time.Unix(0, 0))
	client := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: hangartest.MachineID, Timeout: time.Second, Clock: manual})
	defer client.Close()
	failed := make(chan error)
	ask := func(ctx context.Context) {
		_, err := client.Bootstrap(ctx, "")
		failed <- err
	}
	go ask(context.Background())
	server.Await("bootstrap", 1)
	if err := manual.Await(time.Second); err != nil {
		t.Fatal(err)
	}
	manual.Advance(time.Second)
	if err := <-failed; !errors.Is(err, shim.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go ask(ctx)
	server.Await("bootstrap", 2)
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, " 0 ": 0, "-1": 0, "1.5": 0, "soon": 0, "999999": 5 * time.Minute,
		"99999999999999999999":                        0,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		server := hangartest.NewServer(t)
		server.Always("bootstrap", hangartest.Status(429, "Retry-After", header))
		client := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: hangartest.MachineID, Clock: clock.NewManual(now)})
		_, err := client.Bootstrap(context.Background(), "")
		if got := shim.RetryAfter(err); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
		client.Close()
	}
	if shim.RetryAfter(nil) != 0 {
		t.Error("no error asks for nothing")
	}
}

func TestBackoff(t *testing.T) {
	backoff := shim.Backoff{First: 250 * time.Millisecond, Max: 10 * time.Second, Jitter: func() float64 { return 0 }}
	for failures, want := range map[int]time.Duration{
		1: 250 * time.Millisecond, 2: 500 * time.Millisecond, 5: 4 * time.Second, 7: 10 * time.Second, 1_000_000: 10 * time.Second,
	} {
		if got := backoff.After(failures, nil); got != want {
			t.Errorf("%d: %v", failures, got)
		}
	}
	backoff.Jitter = func() float64 { return 0.999 }
	if got := backoff.After(7, nil); got < 8*time.Second || got > 8100*time.Millisecond {
		t.Error(got)
	}
	backoff.Jitter = nil
	if got := backoff.After(1, nil); got < 200*time.Millisecond || got > 250*time.Millisecond {
		t.Error(got)
	}
}

// Whatever comes back: no panic, and an error or an answer, never neither and never both.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"results":[{"client_id":"a","status":"stored"}]}`, "")
	f.Add(200, `{"traders":[{"id":"a","definition":null}],"retry_after_ms":-1,"supabase":{"expires_at":"x"}}`, "")
	f.Add(429, `[`, "Thu, 01 Jan 1970 00:00:00 GMT")
	f.Add(503, `{"code":1}`, "\x00")
	f.Fuzz(func(t *testing.T, status int, body, header string) {
		if status < 200 || status > 999 {
			return
		}
		client := shim.New(shim.Options{URL: "http://hangar.invalid", Transport: answer(func() *http.Response {
			recorder := httptest.NewRecorder()
			recorder.Header().Set("Retry-After", header)
			recorder.WriteHeader(status)
			recorder.WriteString(body)
			return recorder.Result()
		})})
		ctx := context.Background()
		bootstrap, err := client.Bootstrap(ctx, "etag")
		if (bootstrap == nil) == (err == nil) || (status != 200 && err == nil) {
			t.Errorf("%+v %v", bootstrap, err)
		}
		results, err := client.Signals(ctx, []json.RawMessage{json.RawMessage(`{}`)})
		if (len(results) == 1) == (err != nil) {
			t.Errorf("%+v %v", results, err)
		}
		if _, err := client.Heartbeat(ctx, shim.Heartbeat{}); err != nil && shim.RetryAfter(err) < 0 {
			t.Error(err)
		}
		if err := client.Drained(ctx, shim.Drained{}); (err == nil) != (status == 200) {
			t.Errorf("%d: %v", status, err)
		}
	})
}

type answer func() *http.Response

func (a answer) RoundTrip(*http.Request) (*http.Response, error) { return a(), nil }
