#!/bin/sh
# Regenerates Sources/ProfileFormats/Pprof/profile.pb.swift from Protos/profile.proto.
#
# Needs protoc (Debian: protobuf-compiler) and a resolved package (`swift package resolve`). The generator is built
# from the checkout of swift-protobuf that the package itself links, so both always agree.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy: checkouts are read-only and their build folder is not ours.
cp -R .build/checkouts/swift-protobuf "$work/swift-protobuf"
chmod -R u+w "$work/swift-protobuf"
generator=${PROTOC_GEN_SWIFT:-}
if [ -z "$generator" ]; then
    swift build --package-path "$work/swift-protobuf" -c release --product protoc-gen-swift
    generator=$(swift build --package-path "$work/swift-protobuf" -c release --show-bin-path)/protoc-gen-swift
fi

protoc --proto_path=Protos \
    --plugin=protoc-gen-swift="$generator" \
    --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=Sources/ProfileFormats/Pprof profile.proto
