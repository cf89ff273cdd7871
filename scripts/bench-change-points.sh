#!/bin/sh
# Our change points against those of apache-otava, ruptures and asv, in one run: TRIALS (200) series a kind of noise, by
# SEED (1001). The Python packages come into a folder of their own.
set -eu
cd "$(dirname "$0")/.."
folder=${PEERS_FOLDER:-/tmp/tickscope-peers}
if [ ! -x "$folder/bin/otava" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet apache-otava==0.8.0 ruptures==1.1.10 asv==0.6.6
fi
program=$(swift build -c release --show-bin-path)/compare-change-points
[ -x "$program" ] || swift build -c release --product compare-change-points
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" series "${SEED:-1001}" "${TRIALS:-200}" > "$work/series.txt"
"$program" detect "$work/series.txt" > "$work/ours.txt"
"$folder/bin/python" Benchmarks/CompareChangePoints/peers.py "$work/series.txt" "$work/ours.txt"
