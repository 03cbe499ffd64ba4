package hangartest

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/vyx/hangar/sdk/go/shim"
)

func (s *Server) answerPlacement(w http.ResponseWriter, r *http.Request, _ []byte) {
	if query := r.URL.Query(); query.Has("instance") {
		if !instancePattern.MatchString(query.Get("instance")) {
			s.refuse(w, "placement", fmt.Errorf("instance %q", query.Get("instance")))
			return
		}
		defer s.meet(query.Get("instance"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	after, complete := 0, true
	if asked := r.URL.Query().Get("after"); asked != "" {
		number, err := strconv.Atoi(asked)
		if err != nil || number < 0 {
			writeProblem(w, http.StatusUnprocessableEntity, "validation_failed", "not one of our cursors")
			return
		}
		// One from the future is another database's.
		if number <= len(s.placements) {
			after, complete = number, false
		}
	}
	users, named := []shim.UserPlacement{}, map[string]bool{}
	for _, change := range s.placements[after:] {
		last := s.placement(change.UserID)
		if named[change.UserID] || (complete && last.RunsOn == shim.PlacementShared) {
			continue
		}
		named[change.UserID] = true
		users = append(users, last)
	}
	writeJSON(w, shim.Placement{Cursor: strconv.Itoa(len(s.placements)), Complete: complete, Users: users})
}

func (s *Server) answerReleased(w http.ResponseWriter, _ *http.Request, body []byte) {
	var asked struct {
		Released []shim.Released
		Instance *string
		Leaving  bool
	}
	err := decode(body, &asked)
	if err == nil && asked.Instance != nil && !instancePattern.MatchString(*asked.Instance) {
		err = fmt.Errorf("instance %q", *asked.Instance)
	}
	if err != nil || asked.Released == nil || len(asked.Released) > shim.MaxReleased {
		s.refuse(w, "placement/released", orMissing(err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, user := range asked.Released {
		s.confirm(user, asked.Instance)
	}
	if asked.Leaving && asked.Instance != nil {
		delete(s.instances, *asked.Instance)
		for user := range s.confirmed {
			s.moveOn(user)
		}
	}
	s.announce()
	writeJSON(w, map[string]bool{"ok": true})
}

var instancePattern = regexp.MustCompile(`^[0-9A-Za-z_.:-]{1,64}$`)

// meet counts on this shared backend from now on: a move waits for it until it leaves.
func (s *Server) meet(instance string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instances[instance] = true
}

// confirm moves a user on when every shared backend there is has said so; one without a name speaks for all of them.
// s.mu is held.
func (s *Server) confirm(user shim.Released, instance *string) {
	if s.confirmed[user] == nil {
		s.confirmed[user] = map[string]bool{}
	}
	if instance != nil {
		s.confirmed[user][*instance] = true
	} else {
		for known := range s.instances {
			s.confirmed[user][known] = true
		}
	}
	s.moveOn(user)
}

// moveOn is with s.mu held.
func (s *Server) moveOn(user shim.Released) {
	if now := s.placement(user.UserID); now.RunsOn != shim.PlacementMoving || now.Move != user.Move {
		return
	}
	for known := range s.instances {
		if !s.confirmed[user][known] {
			return
		}
	}
	s.place(user.UserID, shim.PlacementDedicated)
}
