package shim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/vyx/hangar/sdk/go/internal/clock"
)

// A bootstrap with all traders of the largest quota is far below this.
const maxAnswerBytes = 32 << 20

// call makes one try. Its error is an *Error or ErrNotModified.
func (c *Client) call(ctx context.Context, method, path string, header http.Header, body []byte, answer any) (http.Header, error) {
	name, _, _ := strings.Cut(path, "?")
	op := method + " /shim/v1/" + name
	startedAt := c.options.Clock.Now()
	answered, err := c.try(ctx, op, method, path, header, body, answer)
	if c.options.Observe != nil {
		c.options.Observe(op, c.options.Clock.Now().Sub(startedAt), err)
	}
	return answered, err
}

func (c *Client) try(ctx context.Context, op, method, path string, header http.Header, body []byte, answer any) (http.Header, error) {
	ctx, cancel := clock.WithTimeout(ctx, c.options.Clock, c.options.Timeout)
	defer cancel()
	failed := func(status int, err error) error {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return &Error{Op: op, Status: status, kind: ErrUnavailable, cause: withoutURL(err)}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.options.URL+"/shim/v1/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, failed(0, err)
	}
	c.address(request, header, body != nil)
	response, err := c.http.Do(request)
	if err != nil {
		if c.owned {
			// The other idle connections went the same way: what dropped this one has mostly dropped them too.
			c.http.CloseIdleConnections()
		}
		return nil, failed(0, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if response.StatusCode == http.StatusNotModified && len(header["If-None-Match"]) > 0 {
		return response.Header, ErrNotModified
	}
	if response.StatusCode != http.StatusOK {
		// Where the body broke off, it has no code, and the status says what there is to say.
		return nil, c.refusal(op, response, text)
	}
	if err != nil {
		return nil, failed(http.StatusOK, err)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			return nil, failed(http.StatusOK, fmt.Errorf("unexpected answer: %w", err))
		}
	}
	return response.Header, nil
}

func (c *Client) address(request *http.Request, header http.Header, hasBody bool) {
	for name, values := range header {
		if len(values) > 0 {
			request.Header[name] = values
		}
	}
	request.Header.Set("Authorization", "Bearer "+c.options.Token.Reveal())
	if c.options.MachineID != "" {
		request.Header.Set("X-Fly-Machine-Id", c.options.MachineID)
	}
	if hasBody {
		request.Header.Set("Content-Type", "application/json")
	}
}

func (c *Client) refusal(op string, response *http.Response, text []byte) error {
	var problem struct{ Code, Title, Detail string }
	// What is no problem document has no code.
	_ = json.Unmarshal(text, &problem)
	refused := &Error{
		Op: op, Status: response.StatusCode, kind: kindOf(response.StatusCode, problem.Code),
		Code: shortened(problem.Code), Detail: shortened(or(problem.Detail, problem.Title)),
	}
	if refused.kind == ErrUnavailable {
		refused.RetryAfter = parseRetryAfter(response.Header.Get("Retry-After"), c.options.Clock.Now())
	}
	return refused
}

// withoutURL drops what *url.Error adds: Op names the call already.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func shortened(text string) string {
	const limit = 200
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

func nonEmpty(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}
