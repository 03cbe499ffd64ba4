package hangar

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/vyx/hangar/sdk/go/shim"
)

// One item can make every batch fail that it is in: a firewall in front of Hangar dislikes its payload, or a trigger of
// the database stumbles over it. It must not hold up all that come after it, and a Hangar that fails for everybody must
// not cost a single item.
//
//	together ──its batch draws the same error sameFaults times──▶ searched for, in halves ──fails alone──▶ apart
//	apart: at the back of the queue, sent alone ──fails again, and others were written out meanwhile, maxStrikes times──▶ rejected
//	                                           └──written out──▶ it was not the item: all that are apart go together again
const (
	sameFaults = 3
	maxStrikes = 3
)

// isolation is where the search is; only the one who delivers uses it.
type isolation struct {
	fault string
	times int
	// How many items of the batch that failed are still to be looked at; 0 while nothing is searched for.
	left int
	// How many items had been answered for when the last one failed alone.
	aloneAt int
}

// faultOf names an error that an item may be to blame for; "" for one that has to do with the time of day. The errors of
// a sink say nothing about that, so all of them count as one.
func faultOf(err error) string {
	var failed *shim.Error
	switch {
	case errors.Is(err, errUnfitting):
		return ""
	case !errors.As(err, &failed):
		return "sink"
	}
	switch failed.Status {
	case 0, http.StatusOK, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ""
	default:
		return fmt.Sprintf("HTTP %d", failed.Status)
	}
}

// failed looks at a batch that failed, of which it is given the first item. It returns true where the search has come further, so that the next try need not
// wait for long.
func (q *queue) failed(search *isolation, first entry, size int, err error) (further bool) {
	fault := faultOf(err)
	if fault != search.fault {
		search.fault, search.times = fault, 0
	}
	search.times++
	if fault == "" || (search.times < sameFaults && search.left == 0 && !first.apart) {
		return false
	}
	q.mu.Lock()
	// Where nothing at all is written out it is hardly one item's fault.
	quick := q.answered > search.aloneAt
	if size > 1 {
		if search.left == 0 {
			search.left = size
		}
		q.limit = size / 2
		q.mu.Unlock()
		return quick
	}
	search.left, search.times, search.aloneAt = 0, 0, q.answered
	q.limit = shim.MaxBatch
	isGivenUp := q.setApart()
	q.mu.Unlock()
	fields := []any{"client_id", first.clientID, "error", err}
	if isGivenUp {
		q.log.Error(q.name+" rejected", append(fields, "code", "fails_alone")...)
		q.count("rejected", "", 1)
	} else if !first.apart {
		q.log.Warn(q.name+": one fails alone, the others go first", fields...)
	}
	return quick
}

// setApart moves the first item, which failed alone, to the back, or out of the queue when it has done so often while
// others were written out; q.mu is held.
func (q *queue) setApart() (isGivenUp bool) {
	if len(q.items) == 0 {
		return false
	}
	item := q.items[0]
	if item.apart && q.answered > item.answeredThen {
		item.strikes++
	}
	item.apart, item.answeredThen = true, q.answered
	q.items[0] = entry{}
	q.items = q.items[1:]
	if item.strikes >= maxStrikes {
		q.bytes -= len(item.body)
		q.rejected++
		q.announce()
		return true
	}
	q.items = append(q.items, item)
	return false
}

// succeeded looks at a batch that was answered for, of which it is given the first item.
func (q *queue) succeeded(search *isolation, first entry, size int) {
	search.fault, search.times = "", 0
	q.mu.Lock()
	defer q.mu.Unlock()
	if search.left = max(0, search.left-size); search.left == 0 {
		q.limit = shim.MaxBatch
	}
	if first.apart && first.strikes == 0 {
		for i := range q.items {
			q.items[i].apart = q.items[i].strikes > 0
		}
	}
}
