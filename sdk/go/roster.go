package hangar

import (
	"slices"
	"strings"
	"sync"

	"github.com/vyx/hangar/sdk/go/shim"
)

// roster knows which traders there are and which of them may run in this process.
type roster struct {
	mode RunMode

	mu      sync.Mutex
	traders []Trader
	// Those of the last list that can never run.
	unfit map[string]bool
	// Shared mode: where the users run who are not shared; nil until Hangar has said so.
	elsewhere map[string]shim.UserPlacement
}

func newRoster(mode RunMode) *roster { return &roster{mode: mode} }

// setTraders replaces what there is, and returns what is new of it and can never run.
func (r *roster) setTraders(all []Trader) (newlyUnfit []Trader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fit, unfit := make([]Trader, 0, len(all)), map[string]bool{}
	for _, trader := range all {
		if r.mode == ModeDedicated || isFit(trader) {
			fit = append(fit, trader)
			continue
		}
		known := trader.ID + " " + trader.UserID
		if !r.unfit[known] {
			newlyUnfit = append(newlyUnfit, trader)
		}
		unfit[known] = true
	}
	r.traders, r.unfit = fit, unfit
	return newlyUnfit
}

// isFit says whether the shared backend could ever run this. A user in another form than Hangar's would be found in no
// answer about placements, and run twice.
func isFit(trader Trader) bool {
	return trader.ID != "" && (trader.BuiltIn || uuidPattern.MatchString(strings.ToLower(trader.UserID)))
}

// choose returns the traders that may run now; where ids are given, those among them.
func (r *roster) choose(only []string) []Trader {
	r.mu.Lock()
	defer r.mu.Unlock()
	var chosen []Trader
	for _, trader := range r.traders {
		if mayRun(r.mode, trader, r.elsewhere) && (len(only) == 0 || slices.Contains(only, trader.ID)) {
			chosen = append(chosen, trader)
		}
	}
	return chosen
}

// allows says whether one of the traders that choose returned may run still.
func (r *roster) allows(trader Trader) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	isIt := func(known Trader) bool { return known.ID == trader.ID }
	return mayRun(r.mode, trader, r.elsewhere) && (r.mode == ModeShared || slices.ContainsFunc(r.traders, isIt))
}

// mayRun is the rule of the two run modes. A dedicated app has only its own user's traders to begin with. The shared
// backend runs built-in traders always, and custom ones only once it knows who runs elsewhere: late is better than
// twice.
func mayRun(mode RunMode, trader Trader, elsewhere map[string]shim.UserPlacement) bool {
	if mode == ModeDedicated {
		return !trader.BuiltIn
	}
	if trader.BuiltIn {
		return true
	}
	_, away := elsewhere[strings.ToLower(trader.UserID)]
	return elsewhere != nil && !away
}

// place takes what Hangar says, and returns who is moving.
func (r *roster) place(answer *shim.Placement) (moving []shim.Released) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if answer.Complete || r.elsewhere == nil {
		r.elsewhere = map[string]shim.UserPlacement{}
	}
	for _, user := range answer.Users {
		id := strings.ToLower(user.UserID)
		if user.RunsOn == shim.PlacementShared {
			delete(r.elsewhere, id)
		} else {
			// A place that this version does not know is elsewhere too.
			r.elsewhere[id] = user
		}
	}
	for _, user := range r.elsewhere {
		if user.RunsOn == shim.PlacementMoving {
			moving = append(moving, shim.Released{UserID: user.UserID, Move: user.Move})
		}
	}
	return moving
}

// ids of the traders that may run.
func (r *roster) ids() []string {
	chosen := r.choose(nil)
	ids := make([]string, len(chosen))
	for i, trader := range chosen {
		ids[i] = trader.ID
	}
	return ids
}
