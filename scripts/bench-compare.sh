#!/usr/bin/env bash
# How often comparing two builds finds a difference of 1 % and of 0.3 %, and how often one that is not there.
#
#   scripts/bench-compare.sh [TRIALS] [SECONDS]
#
# Each trial is a whole comparison of one benchmark, given up after SECONDS; trials of the kinds take turns. First with
# the machine as it is, then with a busy competitor pinned to the same processor.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product known-answers
swift build -c release --product compare-trials
.build/release/compare-trials "$@"
