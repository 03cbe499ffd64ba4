package hangartest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/vyx/hangar/sdk/go/shim"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/shim/v1/")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		hangUp(w)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, Call{Path: path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body})
	// With the call, not after it: whoever waited for this call may make the next one.
	answer := s.ordered(path)
	s.announce()
	s.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(path, w, r, body) }))
}

// The calls of the contract.
var routes = map[string]func(*Server, http.ResponseWriter, *http.Request, []byte){
	"GET bootstrap":           (*Server).answerBootstrap,
	"POST heartbeat":          (*Server).answerHeartbeat,
	"POST signals":            (*Server).answerSignals,
	"POST executions":         (*Server).answerExecutions,
	"POST drained":            (*Server).answerDrained,
	"GET placement":           (*Server).answerPlacement,
	"POST placement/released": (*Server).answerReleased,
}

func (s *Server) answer(path string, w http.ResponseWriter, r *http.Request, body []byte) {
	handle, known := routes[r.Method+" "+path]
	if !known {
		s.mistake("%s %s is not a call", r.Method, r.URL.Path)
		writeProblem(w, http.StatusNotFound, "not_found", "no such call")
		return
	}
	token := Token
	if strings.HasPrefix(path, "placement") {
		token = SharedToken
	}
	if r.Header.Get("Authorization") != "Bearer "+token.Reveal() {
		writeProblem(w, http.StatusUnauthorized, "unauthorized", "token unknown")
		return
	}
	if token == Token && r.Header.Get("X-Fly-Machine-Id") != MachineID {
		writeProblem(w, http.StatusGone, "machine_not_current", "another machine took its place")
		return
	}
	most := shim.MaxBodyBytes
	if path == "heartbeat" || path == "drained" {
		most = shim.MaxReportBytes
	}
	if len(body) > most {
		s.mistake("%s: a body of %d bytes", path, len(body))
		writeProblem(w, http.StatusRequestEntityTooLarge, "payload_too_large", fmt.Sprintf("at most %d bytes", most))
		return
	}
	if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
		s.refuse(w, path, fmt.Errorf("content type %q", r.Header.Get("Content-Type")))
		return
	}
	handle(s, w, r, body)
}

func (s *Server) answerBootstrap(w http.ResponseWriter, r *http.Request, _ []byte) {
	s.mu.Lock()
	answer, etag := s.bootstrap, fmt.Sprintf(`"v%d"`, s.version)
	s.mu.Unlock()
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if answer.Traders == nil {
		answer.Traders = []shim.Trader{}
	}
	// The token of answer.Supabase would be redacted.
	var body map[string]any
	encoded, _ := json.Marshal(answer)
	_ = json.Unmarshal(encoded, &body)
	body["supabase"] = wireSupabase(answer.Supabase)
	writeJSON(w, body)
}

func (s *Server) answerHeartbeat(w http.ResponseWriter, _ *http.Request, body []byte) {
	var beat shim.Heartbeat
	err := decode(body, &beat)
	if err == nil {
		err = beat.Check()
	}
	if err != nil {
		s.refuse(w, "heartbeat", fmt.Errorf("%s: %w", body, err))
		return
	}
	s.mu.Lock()
	directives, supabase := s.directives, s.supabase
	s.directives, s.supabase = nil, nil
	s.mu.Unlock()
	if directives == nil {
		directives = []string{}
	}
	writeJSON(w, map[string]any{"directives": directives, "supabase": wireSupabase(supabase)})
}

func (s *Server) answerSignals(w http.ResponseWriter, _ *http.Request, body []byte) {
	s.answerBatch(w, "signals", body, func(raw []byte) (id, trader string, err error) {
		var item shim.Signal
		err = errors.Join(decode(raw, &item), item.Check())
		return item.ClientID, item.TraderID, err
	})
}

func (s *Server) answerExecutions(w http.ResponseWriter, _ *http.Request, body []byte) {
	s.answerBatch(w, "executions", body, func(raw []byte) (id, trader string, err error) {
		var item shim.Execution
		err = errors.Join(decode(raw, &item), item.Check())
		return item.ClientID, item.TraderID, err
	})
}

// answerBatch answers for each item by itself: one that is wrong is a mistake, and its own loss only.
func (s *Server) answerBatch(w http.ResponseWriter, kind string, body []byte, read func([]byte) (string, string, error)) {
	var batch struct{ Items []json.RawMessage }
	if err := decode(body, &batch); err != nil || batch.Items == nil || len(batch.Items) > shim.MaxBatch {
		s.refuse(w, kind, fmt.Errorf("%d items: %w", len(batch.Items), orMissing(err)))
		return
	}
	results := make([]any, len(batch.Items))
	for i, raw := range batch.Items {
		id, trader, err := read(raw)
		if err == nil {
			results[i] = s.store(kind, Item{ClientID: id, TraderID: trader, Raw: raw})
			continue
		}
		s.mistake("%s: item %s: %v", kind, raw, err)
		rejected := map[string]any{"client_id": nil, "status": shim.StatusRejected, "code": "invalid", "message": err.Error()}
		if id != "" {
			rejected["client_id"] = id
		}
		results[i] = rejected
	}
	writeJSON(w, map[string]any{"results": results})
}

func (s *Server) store(kind string, item Item) shim.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.stored[kind][item.ClientID]; again {
		return shim.Result{ClientID: item.ClientID, Status: shim.StatusDuplicate}
	}
	for _, trader := range s.bootstrap.Traders {
		if trader.ID == item.TraderID {
			s.stored[kind][item.ClientID] = item
			s.order[kind] = append(s.order[kind], item.ClientID)
			return shim.Result{ClientID: item.ClientID, Status: shim.StatusStored}
		}
	}
	return shim.Result{ClientID: item.ClientID, Status: shim.StatusRejected, Code: "unknown_trader"}
}

func (s *Server) answerDrained(w http.ResponseWriter, _ *http.Request, body []byte) {
	var counts shim.Drained
	if err := decode(body, &counts); err != nil || min(counts.SignalsFlushed, counts.ExecutionsFlushed, counts.Lost, counts.Rejected) < 0 {
		s.refuse(w, "drained", fmt.Errorf("%s: %w", body, orMissing(err)))
		return
	}
	writeJSON(w, map[string]bool{"ok": true})
}

func (s *Server) refuse(w http.ResponseWriter, path string, err error) {
	s.mistake("%s: %v", path, err)
	writeProblem(w, http.StatusUnprocessableEntity, "validation_failed", err.Error())
}

// decode takes no field that the contract does not have.
func decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func orMissing(err error) error {
	if err == nil {
		return fmt.Errorf("something is missing or makes no sense")
	}
	return err
}

func wireSupabase(supabase *shim.Supabase) any {
	if supabase == nil {
		return nil
	}
	return map[string]string{
		"url": supabase.URL, "token": supabase.Token.Reveal(), "expires_at": supabase.ExpiresAt.Format(time.RFC3339),
	}
}
