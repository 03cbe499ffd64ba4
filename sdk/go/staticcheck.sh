#!/bin/sh
# go vet and staticcheck over both modules. staticcheck is run at a fixed version and is in no go.mod, because only
# this script needs it; this version itself needs Go 1.25 to be built.
set -eu
cd "$(dirname "$0")"
for module in . cmd/screener; do
  (cd "$module" && go vet ./... && go run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./...)
done
