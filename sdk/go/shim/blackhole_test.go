package shim_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vyx/hangar/sdk/go/hangartest"
	"github.com/vyx/hangar/sdk/go/shim"
)

// wire is a load balancer that forgets connections without a word: what was connected before forget hears nothing
// more, and what connects afterwards works.
type wire struct {
	net.Listener
	mu   sync.Mutex
	dead chan struct{}
}

func (w *wire) Accept() (net.Conn, error) {
	connection, err := w.Listener.Accept()
	w.mu.Lock()
	defer w.mu.Unlock()
	return &wired{Conn: connection, dead: w.dead}, err
}

func (w *wire) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.dead)
	w.dead = make(chan struct{})
}

type wired struct {
	net.Conn
	dead chan struct{}
}

func (c *wired) Read(into []byte) (int, error) {
	for {
		n, err := c.Conn.Read(into)
		select {
		case <-c.dead:
			if err == nil {
				// It was sent, and it never arrives.
				continue
			}
		default:
		}
		return n, err
	}
}

// One call finds out that a connection is dead, and no more than one: the next has another connection, though several
// were dead and though the server and the program's own transport would speak HTTP/2.
func TestADeadConnectionCostsOneCall(t *testing.T) {
	var mu sync.Mutex
	var protocols []string
	var both sync.WaitGroup
	both.Add(2)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		protocols = append(protocols, r.Proto)
		mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/drained") {
			// Two at once are two connections.
			both.Done()
			both.Wait()
		}
		_, _ = io.WriteString(w, `{"directives":[]}`)
	}))
	line := &wire{Listener: server.Listener, dead: make(chan struct{})}
	server.Listener, server.EnableHTTP2 = line, true
	server.StartTLS()
	defer server.Close()
	defer server.CloseClientConnections()

	usual := http.DefaultTransport
	defer func() { http.DefaultTransport = usual }()
	own := server.Client().Transport.(*http.Transport).Clone()
	own.ForceAttemptHTTP2 = true
	http.DefaultTransport = own
	// A transport that was used has HTTP/2 in its TLS settings too.
	if answer, err := http.Get(server.URL); err != nil || answer.ProtoMajor != 2 {
		t.Fatal(answer, err)
	} else {
		answer.Body.Close()
	}

	client := shim.New(shim.Options{URL: server.URL, Token: hangartest.Token, MachineID: hangartest.MachineID, Timeout: time.Second})
	defer client.Close()
	ctx := context.Background()
	var pair sync.WaitGroup
	for n := 0; n < 2; n++ {
		pair.Add(1)
		go func() {
			defer pair.Done()
			if err := client.Drained(ctx, shim.Drained{}); err != nil {
				t.Error(err)
			}
		}()
	}
	pair.Wait()
	line.forget()
	if _, err := client.Heartbeat(ctx, shim.Heartbeat{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the first call over a dead connection: %v", err)
	}
	for n := 0; n < 3; n++ {
		if _, err := client.Heartbeat(ctx, shim.Heartbeat{}); err != nil {
			t.Errorf("call %d after it: %v", n+1, err)
		}
	}
	for _, protocol := range protocols[1:] {
		if protocol != "HTTP/1.1" {
			t.Errorf("spoke %s", protocol)
		}
	}
}
