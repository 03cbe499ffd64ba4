module github.com/vyx/hangar/sdk/go

go 1.21
