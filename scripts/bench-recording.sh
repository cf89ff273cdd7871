#!/usr/bin/env bash
# What being recorded costs a program, and what the recording costs: our recorder beside `perf record` + `perf script`.
#
#   scripts/bench-recording.sh [REPETITIONS] [FREQUENCY…]
#
# A program with fixed work runs bare, under perf and under us, interleaved; medians are printed. Needs perf and root.
set -euo pipefail
cd "$(dirname "$0")/.."
repetitions=${1:-7}
shift || true
frequencies=("${@:-999}")
tool=$PWD/.build/release/tickscope
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program="python3 -c 'import json
for i in range(4000): json.loads(json.dumps([{\"a\": j, \"b\": [str(j)] * 2} for j in range(300)]))'"

# Runs the program under a recorder; prints its own CPU seconds, which the inner shell measures.
target_seconds() {
    "$@" bash -c "{ $program; } > /dev/null 2>&1; times" 2> "$work/errors" |
        sed -n 2p | sed 's/[ms]/ /g' | awk '{print $1 * 60 + $2 + $3 * 60 + $4}'
}
median() { sort -n "$1" | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }
# CPU seconds, user and system, of a command.
cpu_of() { (TIMEFORMAT='%U %S'; { time "$@" > /dev/null 2>&1; } 2>&1) | awk '{print $1 + $2}'; }

printf '%6s  %-14s %9s %12s %14s %10s\n' Hz recorder target 'record CPU' 'to stacks CPU' MB
for hz in "${frequencies[@]}"; do
    rm -f "$work"/*.t "$work"/*.c
    for _ in $(seq "$repetitions"); do
        target_seconds >> "$work/bare.t"
        # What the whole takes beyond the program itself is perf's own.
        whole=$( (TIMEFORMAT='%U %S'; { time target_seconds perf record -q -e cpu-clock -F "$hz" \
            --call-graph dwarf,16384 -o "$work/perf.data" -- > "$work/last"; } 2>&1) | awk '{print $1 + $2}')
        cat "$work/last" >> "$work/perf.t"
        awk -v whole="$whole" '{print whole - $1}' "$work/last" >> "$work/perf.c"
        target_seconds "$tool" record -e cpu-clock -F "$hz" -o "$work/ours.pb.gz" -- >> "$work/ours.t"
        grep -o 'own CPU [0-9.]*' "$work/errors" | awk '{print $3}' >> "$work/ours.c"
        cpu_of perf script --no-inline -i "$work/perf.data" >> "$work/script.c"
    done
    bare=$(median "$work/bare.t")
    printf '%6s  %-14s %7.2f s\n' "$hz" bare "$bare"
    printf '%6s  %-14s %8.3fx %12s %12.2f s %10.1f\n' "$hz" perf "$(awk "BEGIN {print $(median "$work/perf.t") / $bare}")" \
        "$(median "$work/perf.c") s" "$(median "$work/script.c")" "$(du -k "$work/perf.data" | awk '{print $1 / 1024}')"
    printf '%6s  %-14s %8.3fx %10.2f s %14s %10.3f\n' "$hz" tickscope "$(awk "BEGIN {print $(median "$work/ours.t") / $bare}")" \
        "$(median "$work/ours.c")" included "$(du -k "$work/ours.pb.gz" | awk '{print $1 / 1024}')"
done
