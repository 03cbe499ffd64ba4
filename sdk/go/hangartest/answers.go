package hangartest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
)

// Answer answers a call in the place of the contract's own answer, which is what next gives.
type Answer func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Status answers with a problem document, and with headers given as pairs.
func Status(status int, headers ...string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		writeProblem(w, status, "ordered", "ordered by the test")
	}
}

// Gone is the one answer that ends trading: another machine took this one's place. Status(410) does not.
func Gone(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	writeProblem(w, http.StatusGone, "machine_not_current", "Another machine has taken this one's place.")
}

// Raw answers 200 with any text.
func Raw(text string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { _, _ = io.WriteString(w, text) }
}

// Drop breaks the connection before anything is done.
func Drop(w http.ResponseWriter, _ *http.Request, _ http.Handler) { hangUp(w) }

// DropAfter does what was asked for and breaks the connection instead of answering: the caller cannot know.
func DropAfter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	hangUp(w)
}

// Hang does not answer until the caller gives up.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }

// Pass gives the contract's own answer.
func Pass(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) }

// Script orders the answers to the next calls of a path such as "signals", one each.
func (s *Server) Script(path string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = append(s.scripts[path], answers...)
}

// Always orders the answer to all calls of a path that no script answers; nil calls it off.
func (s *Server) Always(path string, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.standing[path] = answer
}

// ordered takes the answer that the test wants to this call; s.mu is held.
func (s *Server) ordered(path string) Answer {
	if script := s.scripts[path]; len(script) > 0 {
		s.scripts[path] = script[1:]
		return script[0]
	}
	if answer := s.standing[path]; answer != nil {
		return answer
	}
	return Pass
}

func hangUp(w http.ResponseWriter) {
	if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = connection.Close()
	}
}

func writeProblem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "urn:hangar:problem:" + code, "title": detail, "status": status, "code": code, "request_id": "hangartest",
	})
}

func writeJSON(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// HoldUntil gives the contract's own answer, but not before release is closed.
func HoldUntil(release <-chan struct{}) Answer {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-release:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}
