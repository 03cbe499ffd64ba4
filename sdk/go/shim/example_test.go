package shim_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/vyx/hangar/sdk/go/shim"
)

// What an error means for trading is what it is, whatever went wrong in detail.
func ExampleClient() {
	hangar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/shim/v1/bootstrap":
			fmt.Fprint(w, `{"directive":"run","traders":[{"id":"t1","name":"Momentum"}]}`)
		default:
			http.Error(w, `{"code":"machine_not_current"}`, http.StatusGone)
		}
	}))
	defer hangar.Close()
	client := shim.New(shim.Options{URL: hangar.URL, Token: "hgr_…", MachineID: "machine-1"})
	defer client.Close()

	bootstrap, err := client.Bootstrap(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bootstrap.Directive, bootstrap.Traders[0].Name)

	_, err = client.Heartbeat(context.Background(), shim.Heartbeat{})
	switch {
	case errors.Is(err, shim.ErrGone):
		fmt.Println("stop trading:", err)
	case errors.Is(err, shim.ErrUnauthorized), errors.Is(err, shim.ErrUnavailable):
		fmt.Println("go on trading:", err)
	}
	// Output:
	// run Momentum
	// stop trading: POST /shim/v1/heartbeat: this app or machine is over (410 machine_not_current)
}

// A token does not show itself by accident.
func ExampleSecret() {
	token := shim.Secret("hgr_do_not_show")
	fmt.Printf("%v, and on purpose %s\n", token, token.Reveal())
	// Output:
	// [redacted], and on purpose hgr_do_not_show
}
