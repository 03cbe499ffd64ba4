// Package shim is Hangar's HTTP shim as an app sees it: one function for each call, one try each, and errors that
// say what a failure means for trading ([ErrGone], [ErrUnauthorized], [ErrRejected], [ErrUnavailable]).
package shim

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/internal/clock"
)

// ErrNotModified (304): what bootstrap said last still holds. It is an answer, not a failure.
var ErrNotModified = errors.New("shim: not modified")

// DefaultTimeout bounds one call.
const DefaultTimeout = 10 * time.Second

// Options of a [Client]. URL and Token are needed, MachineID too except by the shared backend.
type Options struct {
	URL       string
	Token     Secret
	MachineID string
	// ProcessID tells this process from any other with the same token: up to 64 letters, digits and . _ : -
	ProcessID string
	// StartedAt is when this process started.
	StartedAt time.Time
	// Timeout of one call; default [DefaultTimeout].
	Timeout time.Duration
	// Transport; default a copy of http.DefaultTransport that speaks HTTP/1.1 only. Another one should do so too: a
	// single HTTP/2 connection that a load balancer forgot swallows call after call.
	Transport http.RoundTripper
	// Clock is for this module's tests; default the system's.
	Clock clock.Clock
	// Observe is told about every call, if set: err is nil, ErrNotModified or an *Error.
	Observe func(op string, took time.Duration, err error)
}

// Client makes the calls. It is safe for use by many goroutines.
type Client struct {
	options Options
	http    *http.Client
	// The transport is this client's alone: it may drop connections that somebody else might still use.
	owned bool
}

// New returns a client.
func New(options Options) *Client {
	options.URL = strings.TrimRight(options.URL, "/")
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	owned := false
	if options.Transport == nil {
		options.Transport, owned = ownTransport()
	}
	if options.Clock == nil {
		options.Clock = clock.System()
	}
	return &Client{options: options, owned: owned, http: &http.Client{
		Transport: options.Transport,
		// The token goes to Hangar and to nobody Hangar might point to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ownTransport is a copy of the default one, so that closing it closes nobody else's connections. A program may have
// put something else there, for tracing, say, which is used as it is.
//
// HTTP/1.1 only: over HTTP/2 all calls share one connection, which outlives a call that times out, and so does its
// silence.
func ownTransport() (transport http.RoundTripper, owned bool) {
	usual, isUsual := http.DefaultTransport.(*http.Transport)
	if !isUsual {
		return http.DefaultTransport, false
	}
	own := usual.Clone()
	own.ForceAttemptHTTP2 = false
	own.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if own.TLSClientConfig == nil {
		own.TLSClientConfig = &tls.Config{}
	}
	own.TLSClientConfig.NextProtos = []string{"http/1.1"}
	return own, true
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Bootstrap asks what to run. With the etag of an earlier answer it may return [ErrNotModified].
func (c *Client) Bootstrap(ctx context.Context, etag string) (*Bootstrap, error) {
	var answer Bootstrap
	path, query := "bootstrap", url.Values{}
	if id, startedAt := c.process(); id != "" {
		query.Set("process_id", id)
		if startedAt != nil {
			query.Set("started_at", startedAt.Format(time.RFC3339Nano))
		}
		path += "?" + query.Encode()
	}
	header, err := c.call(ctx, http.MethodGet, path, http.Header{"If-None-Match": nonEmpty(etag)}, nil, &answer)
	if err != nil {
		return nil, err
	}
	answer.ETag = header.Get("ETag")
	return &answer, nil
}

// Heartbeat says how the app is and returns what it is to do.
func (c *Client) Heartbeat(ctx context.Context, beat Heartbeat) (*HeartbeatAnswer, error) {
	beat.ProcessID, beat.StartedAt = c.process()
	var answer HeartbeatAnswer
	if _, err := c.post(ctx, "heartbeat", beat.fit(), &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// process tells Hangar a program that was started again from one that lives on.
func (c *Client) process() (id string, startedAt *time.Time) {
	if !c.options.StartedAt.IsZero() {
		at := c.options.StartedAt.UTC().Truncate(time.Millisecond)
		startedAt = &at
	}
	return c.options.ProcessID, startedAt
}

// Signals stores up to [MaxBatch] signals; one result for each, in their order.
func (c *Client) Signals(ctx context.Context, items []json.RawMessage) ([]Result, error) {
	return c.batch(ctx, "signals", items)
}

// Executions stores up to [MaxBatch] executions; one result for each, in their order.
func (c *Client) Executions(ctx context.Context, items []json.RawMessage) ([]Result, error) {
	return c.batch(ctx, "executions", items)
}

// Drained reports that everything is written out, or what could not be.
func (c *Client) Drained(ctx context.Context, counts Drained) error {
	_, err := c.post(ctx, "drained", counts, nil)
	return err
}

// Placement asks where users' traders run: what changed after the cursor of an earlier answer, or, without one,
// everybody who is not shared. For the shared backend only.
func (c *Client) Placement(ctx context.Context, after string) (*Placement, error) {
	path, query := "placement", url.Values{}
	if after != "" {
		query.Set("after", after)
	}
	if c.options.ProcessID != "" {
		// From now on a move waits for this process, too, until it leaves or is silent for a minute.
		query.Set("instance", c.options.ProcessID)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var answer Placement
	if _, err := c.call(ctx, http.MethodGet, path, nil, nil, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// Released confirms that the last cycle of up to [MaxReleased] users is done in this process. For the shared backend
// only.
func (c *Client) Released(ctx context.Context, users []Released) error {
	return c.release(ctx, releasedBody{Released: users})
}

// Leave says that this process runs nothing any more and asks no more: no move waits for it. For the shared backend
// only.
func (c *Client) Leave(ctx context.Context) error {
	return c.release(ctx, releasedBody{Released: []Released{}, Leaving: true})
}

type releasedBody struct {
	Released []Released `json:"released"`
	Instance string     `json:"instance,omitempty"`
	Leaving  bool       `json:"leaving,omitempty"`
}

func (c *Client) release(ctx context.Context, body releasedBody) error {
	body.Instance = c.options.ProcessID
	_, err := c.post(ctx, "placement/released", body, nil)
	return err
}

func (c *Client) batch(ctx context.Context, path string, items []json.RawMessage) ([]Result, error) {
	var answer struct {
		Results []Result `json:"results"`
	}
	if _, err := c.post(ctx, path, map[string][]json.RawMessage{"items": items}, &answer); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(items) {
		cause := fmt.Errorf("%d results for %d items", len(answer.Results), len(items))
		return nil, &Error{Op: "POST /shim/v1/" + path, Status: http.StatusOK, kind: ErrUnavailable, cause: cause}
	}
	return answer.Results, nil
}

func (c *Client) post(ctx context.Context, path string, body, answer any) (http.Header, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, &Error{Op: "POST /shim/v1/" + path, kind: ErrRejected, cause: err}
	}
	return c.call(ctx, http.MethodPost, path, nil, encoded, answer)
}
