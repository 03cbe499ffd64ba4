package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	hangar "github.com/vyx/hangar/sdk/go"
)

// stream sends every signal to everybody who listens on /stream.
type stream struct {
	log *slog.Logger

	mu        sync.Mutex
	closed    bool
	listeners map[*listener]struct{}
}

type listener struct {
	connection *websocket.Conn
	queue      chan []byte
	gone       context.CancelFunc
}

const (
	// A listener that is further behind than this is let go.
	maxBehind    = 256
	writeTimeout = 5 * time.Second
)

func newStream(log *slog.Logger) *stream {
	return &stream{log: log, listeners: map[*listener]struct{}{}}
}

func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	connection, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	// Nobody is to say anything here: reading is for pings and the other side's close.
	ctx, cancel := context.WithCancel(connection.CloseRead(r.Context()))
	defer cancel()
	listener := &listener{connection: connection, queue: make(chan []byte, maxBehind), gone: cancel}
	if !s.add(listener) {
		_ = connection.Close(websocket.StatusGoingAway, "over")
		return
	}
	defer s.remove(listener)
	// After a close this does nothing.
	defer func() { _ = connection.CloseNow() }()
	for {
		select {
		case message := <-listener.queue:
			writing, stop := context.WithTimeout(ctx, writeTimeout)
			err := connection.Write(writing, websocket.MessageText, message)
			stop()
			if err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (s *stream) send(signal hangar.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.listeners) == 0 {
		return
	}
	message, err := json.Marshal(map[string]any{"trader_id": signal.TraderID, "symbol": signal.Symbol, "payload": signal.Payload})
	if err != nil {
		return
	}
	for listener := range s.listeners {
		select {
		case listener.queue <- message:
		default:
			s.log.Warn("a listener is too slow")
			delete(s.listeners, listener)
			listener.gone()
		}
	}
}

// close says goodbye to everybody, with a normal close, for as long as ctx allows.
func (s *stream) close(ctx context.Context) {
	s.mu.Lock()
	s.closed = true
	left := s.listeners
	s.listeners = map[*listener]struct{}{}
	s.mu.Unlock()
	var all sync.WaitGroup
	for one := range left {
		all.Add(1)
		go func(one *listener) {
			defer all.Done()
			stop := context.AfterFunc(ctx, func() { _ = one.connection.CloseNow() })
			defer stop()
			_ = one.connection.Close(websocket.StatusNormalClosure, "drained")
		}(one)
	}
	all.Wait()
	s.log.Info("streams closed", "listeners", len(left))
}

func (s *stream) add(one *listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.listeners[one] = struct{}{}
	}
	return !s.closed
}

func (s *stream) remove(one *listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, one)
}
