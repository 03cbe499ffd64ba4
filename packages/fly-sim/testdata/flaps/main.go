// Drives a machine through its whole life with Fly's own client, against the server that FLY_FLAPS_BASE_URL names.
// Arguments: token, organisation, app name. Prints one JSON object: what each step found.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"
)

const patience = 30 * time.Second

// found is what the test compares.
type found struct {
	Created       string            `json:"created"`
	Started       string            `json:"started"`
	RefusedStatus int               `json:"refusedStatus"`
	RefusedID     string            `json:"refusedRequestId"`
	NewVersion    bool              `json:"newVersion"`
	Env           map[string]string `json:"env"`
	Metadata      map[string]string `json:"metadata"`
	ExecCode      int32             `json:"execCode"`
	Secrets       []string          `json:"secrets"`
	Listed        int               `json:"listed"`
	Previous      string            `json:"previous"`
	Suspended     string            `json:"suspended"`
	Destroyed     string            `json:"destroyed"`
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	result, err := run(ctx, os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
}

func run(ctx context.Context, token, org, app string) (*found, error) {
	client, err := flaps.NewWithOptions(ctx, flaps.NewClientOpts{AppName: app, Tokens: tokens.Parse(token)})
	if err != nil {
		return nil, err
	}
	if err := client.CreateApp(ctx, app, org); err != nil {
		return nil, err
	}
	if err := client.WaitForApp(ctx, app); err != nil {
		return nil, err
	}
	result := &found{}
	if _, err := client.SetAppSecret(ctx, "TOKEN", "hush"); err != nil {
		return nil, err
	}
	secrets, err := client.ListAppSecrets(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	for _, secret := range secrets {
		result.Secrets = append(result.Secrets, secret.Name)
	}
	machine, err := launch(ctx, client, result)
	if err != nil {
		return nil, err
	}
	if machine, err = updateUnderLease(ctx, client, machine, result); err != nil {
		return nil, err
	}
	if err := useIt(ctx, client, machine, result); err != nil {
		return nil, err
	}
	return result, endIt(ctx, client, machine, result)
}

func config(generation string) *fly.MachineConfig {
	return &fly.MachineConfig{
		Image:   "registry.example/app:1",
		Guest:   &fly.MachineGuest{CPUKind: "shared", CPUs: 2, MemoryMB: 512},
		Env:     map[string]string{"GENERATION": generation},
		Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyAlways},
		StopConfig: &fly.StopConfig{
			Signal:  fly.Pointer("SIGTERM"),
			Timeout: &fly.Duration{Duration: 5 * time.Second},
		},
	}
}

func launch(ctx context.Context, client *flaps.Client, result *found) (*fly.Machine, error) {
	machine, err := client.Launch(ctx, fly.LaunchMachineInput{Name: "flaps", Region: "iad", Config: config("1")})
	if err != nil {
		return nil, err
	}
	result.Created = machine.State
	if err := client.Wait(ctx, machine, "started", patience); err != nil {
		return nil, err
	}
	if machine, err = client.Get(ctx, machine.ID); err != nil {
		return nil, err
	}
	result.Started = machine.State
	return machine, nil
}

func updateUnderLease(ctx context.Context, client *flaps.Client, machine *fly.Machine, result *found) (*fly.Machine, error) {
	lease, err := client.AcquireLease(ctx, machine.ID, fly.Pointer(60))
	if err != nil {
		return nil, err
	}
	input := fly.LaunchMachineInput{ID: machine.ID, Region: "iad", Config: config("2")}
	_, err = client.Update(ctx, input, "")
	var refused *flaps.FlapsError
	if !errors.As(err, &refused) {
		return nil, fmt.Errorf("an update without the nonce gave %v", err)
	}
	result.RefusedStatus, result.RefusedID = refused.ResponseStatusCode, refused.FlyRequestId
	updated, err := client.Update(ctx, input, lease.Data.Nonce)
	if err != nil {
		return nil, err
	}
	result.NewVersion = updated.InstanceID != machine.InstanceID
	if err := client.Wait(ctx, updated, "started", patience); err != nil {
		return nil, err
	}
	if err := client.ReleaseLease(ctx, machine.ID, lease.Data.Nonce); err != nil {
		return nil, err
	}
	current, err := client.Get(ctx, machine.ID)
	if err != nil {
		return nil, err
	}
	result.Env = current.Config.Env
	return current, nil
}

func useIt(ctx context.Context, client *flaps.Client, machine *fly.Machine, result *found) error {
	if err := client.SetMetadata(ctx, machine.ID, "user", "u1"); err != nil {
		return err
	}
	metadata, err := client.GetMetadata(ctx, machine.ID)
	if err != nil {
		return err
	}
	result.Metadata = metadata
	executed, err := client.Exec(ctx, machine.ID, &fly.MachineExecRequest{Cmd: "false"})
	if err != nil {
		return err
	}
	result.ExecCode = executed.ExitCode
	machines, err := client.List(ctx, "")
	if err != nil {
		return err
	}
	result.Listed = len(machines)
	return client.Cordon(ctx, machine.ID, "")
}

func endIt(ctx context.Context, client *flaps.Client, machine *fly.Machine, result *found) error {
	if err := client.Suspend(ctx, machine.ID, ""); err != nil {
		return err
	}
	if err := client.Wait(ctx, machine, "suspended", patience); err != nil {
		return err
	}
	result.Suspended = "suspended"
	if err := client.Stop(ctx, fly.StopMachineInput{ID: machine.ID, Signal: "SIGTERM", Timeout: fly.Duration{Duration: time.Second}}, ""); err != nil {
		return err
	}
	if err := client.Wait(ctx, machine, "stopped", patience); err != nil {
		return err
	}
	started, err := client.Start(ctx, machine.ID, "")
	if err != nil {
		return err
	}
	result.Previous = started.PreviousState
	if err := client.Wait(ctx, machine, "started", patience); err != nil {
		return err
	}
	if err := client.Destroy(ctx, fly.RemoveMachineInput{ID: machine.ID, Kill: true}, ""); err != nil {
		return err
	}
	if err := client.Wait(ctx, machine, "destroyed", patience); err != nil {
		return err
	}
	gone, err := client.Get(ctx, machine.ID)
	if err != nil {
		return err
	}
	result.Destroyed = gone.State
	return nil
}
