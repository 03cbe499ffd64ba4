package hangar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	hangar "github.com/vyx/hangar/sdk/go"
)

var dedicatedEnv = map[string]string{
	"USER_ID": "11111111-1111-4111-8111-11111111111A", "RUN_MODE": "user_dedicated",
	"HANGAR_URL": "https://hangar.example.com/", "HANGAR_GENERATION": "3", "PORT": "9000",
	"HANGAR_TOKEN": "hgr_token", "SHUTDOWN_TOKEN": "hgs_token", "FLY_MACHINE_ID": "148e",
}

var sharedEnv = map[string]string{"HANGAR_URL": "https://hangar.example.com", "HANGAR_SHARED_TOKEN": "shared"}

func lookup(env map[string]string, changes ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(changes); i += 2 {
			if changes[i] == name {
				return changes[i+1]
			}
		}
		return env[name]
	}
}

func TestConfigDedicated(t *testing.T) {
	config, err := hangar.ConfigFromEnv(lookup(dedicatedEnv))
	want := hangar.Config{
		Mode: hangar.ModeDedicated, URL: "https://hangar.example.com", Port: 9000,
		UserID: "11111111-1111-4111-8111-11111111111a", Generation: 3,
		Token: "hgr_token", ShutdownToken: "hgs_token", MachineID: "148e",
	}
	if err != nil || config != want {
		t.Errorf("%+v %v", config, err)
	}
}

func TestConfigShared(t *testing.T) {
	for _, mode := range []string{"", "shared"} {
		config, err := hangar.ConfigFromEnv(lookup(sharedEnv, "RUN_MODE", mode))
		want := hangar.Config{Mode: hangar.ModeShared, URL: "https://hangar.example.com", Port: 8080, SharedToken: "shared"}
		if err != nil || config != want {
			t.Errorf("%+v %v", config, err)
		}
	}
}

func TestConfigSaysEveryProblemAtOnce(t *testing.T) {
	_, err := hangar.ConfigFromEnv(lookup(nil, "RUN_MODE", "user_dedicated", "PORT", "99999", "USER_ID", "secret-value"))
	want := `hangar: the environment has 7 problem(s):
HANGAR_URL is not set
PORT is not a number from 1 to 65535
USER_ID is not a UUID
HANGAR_GENERATION is not set
HANGAR_TOKEN is not set
SHUTDOWN_TOKEN is not set
FLY_MACHINE_ID is not set`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Every problem comes at once, and no value with it.
func ExampleConfigFromEnv() {
	env := map[string]string{"RUN_MODE": "user_dedicated", "HANGAR_URL": "hangar.example.com", "HANGAR_TOKEN": "secret"}
	_, err := hangar.ConfigFromEnv(func(name string) string { return env[name] })
	fmt.Println(err)
	// Output:
	// hangar: the environment has 5 problem(s):
	// HANGAR_URL is not an http or https URL
	// USER_ID is not set
	// HANGAR_GENERATION is not set
	// SHUTDOWN_TOKEN is not set
	// FLY_MACHINE_ID is not set
}

func TestConfigProblems(t *testing.T) {
	for _, one := range []struct{ name, value, problem string }{
		{"RUN_MODE", "dedicated", "RUN_MODE is neither shared nor user_dedicated"},
		{"HANGAR_URL", "hangar.example.com", "HANGAR_URL is not an http or https URL"},
		{"HANGAR_URL", "ftp://hangar.example.com", "HANGAR_URL is not an http or https URL"},
		{"HANGAR_URL", "https://a:b@hangar.example.com", "HANGAR_URL has more than a scheme, a host and a path"},
		{"HANGAR_URL", "https://hangar.example.com?x=1", "HANGAR_URL has more than a scheme, a host and a path"},
		{"PORT", "0", "PORT is not a number from 1 to 65535"},
		{"PORT", "8080x", "PORT is not a number from 1 to 65535"},
		{"HANGAR_GENERATION", "0", "HANGAR_GENERATION is not a number from 1 to 2147483647"},
		{"HANGAR_TOKEN", "two\nlines", "HANGAR_TOKEN has characters other than printable ASCII"},
		{"HANGAR_DRAIN_GRACE_MS", "-1", "HANGAR_DRAIN_GRACE_MS is not a number of milliseconds of up to a day"},
		{"USER_ID", "11111111111141118111111111111111", "USER_ID is not a UUID"},
	} {
		_, err := hangar.ConfigFromEnv(lookup(dedicatedEnv, one.name, one.value))
		if err == nil || err.Error() != "hangar: the environment has 1 problem(s):\n"+one.problem {
			t.Errorf("%s=%q: %v", one.name, one.value, err)
		}
	}
}

func TestNewRefusesWhatCannotRun(t *testing.T) {
	if _, err := hangar.New(hangar.Config{Mode: "other"}, hangar.Options{}); err == nil {
		t.Error("an unknown mode")
	}
	if _, err := hangar.New(hangar.Config{Mode: hangar.ModeShared}, hangar.Options{}); err == nil {
		t.Error("a shared backend without traders")
	}
	none := func(context.Context) ([]hangar.Trader, error) { return nil, nil }
	if _, err := hangar.New(hangar.Config{Mode: hangar.ModeShared}, hangar.Options{Traders: none}); err == nil {
		t.Error("a shared backend without a sink")
	}
}

// Whatever is in the environment: no panic, no half of a configuration, and no value in the error.
func FuzzConfig(f *testing.F) {
	f.Add("user_dedicated", "https://h.example", "3", "8080", "11111111-1111-4111-8111-111111111111", "token")
	f.Add("", "http://[::1]:80/x/", "-1", "", "", "a b")
	f.Add("shared", "https://%zz", "99999999999999999999", "0x10", "é", "\x00")
	f.Fuzz(func(t *testing.T, mode, url, generation, port, user, token string) {
		config, err := hangar.ConfigFromEnv(lookup(nil, "RUN_MODE", mode, "HANGAR_URL", url, "HANGAR_GENERATION", generation,
			"PORT", port, "USER_ID", user, "HANGAR_TOKEN", token, "SHUTDOWN_TOKEN", token, "HANGAR_SHARED_TOKEN", token, "FLY_MACHINE_ID", "m"))
		if err != nil {
			if config != (hangar.Config{}) {
				t.Errorf("half of a configuration: %+v", config)
			}
			if len(token) > 12 && strings.Contains(err.Error(), token) {
				t.Errorf("a value is in the error: %v", err)
			}
			return
		}
		if config.Port < 1 || config.Port > 65_535 || !strings.HasPrefix(config.URL, "http") || strings.HasSuffix(config.URL, "/") {
			t.Errorf("%+v", config)
		}
		if config.Mode == hangar.ModeDedicated && (config.Generation < 1 || len(config.UserID) != 36 || config.Token == "") {
			t.Errorf("%+v", config)
		}
		if shown := fmt.Sprintf("%+v", config); len(token) > 12 && strings.Contains(shown, token) {
			t.Errorf("a value is shown: %s", shown)
		}
	})
}
