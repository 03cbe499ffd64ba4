module github.com/vyx/hangar/sdk/go/cmd/screener

go 1.21

require (
	github.com/coder/websocket v1.8.13
	github.com/vyx/hangar/sdk/go v0.0.0
)

replace github.com/vyx/hangar/sdk/go => ../..
