#!/usr/bin/env bash
# What each way of capturing stacks costs a program, and how many stacks come out whole.
#
#   scripts/bench-captures.sh [REPETITIONS] [FREQUENCY…]
#
# Runs programs with fixed work bare and under `tickscope record` in every mode, interleaved, and prints medians: CPU
# time of the program against the bare run, CPU time of the recorder, bytes of records a second, complete stacks.
set -euo pipefail
cd "$(dirname "$0")/.."
repetitions=${1:-5}
shift || true
frequencies=("${@:-999}")
tool=$PWD/.build/release/tickscope
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/deep.cpp" <<'CPP'
#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <regex>
#include <string>
#include <vector>
int main(int argc, char** argv) {
    std::regex pattern("a(b|c)*d");
    std::map<std::string, std::vector<int>> places;
    for (int i = 0; i < argc; i++) places[argv[i]].push_back(i);
    std::sort(places.begin()->second.begin(), places.begin()->second.end());
    std::mt19937 random;
    std::cout << std::regex_match(argv[0], pattern) << random();
}
CPP
declare -A programs=(
    [python]="python3 -c 'import json
for i in range(8000): json.loads(json.dumps([{\"a\": j, \"b\": str(j)} for j in range(200)]))'"
)
compiler=$(command -v clang++-14 || command -v clang++ || true)
[ -n "$compiler" ] && programs[clang]="$compiler -O1 -c $work/deep.cpp -o /dev/null"

# Prints the CPU seconds of a command.
cpu_seconds() { (TIMEFORMAT='%U %S'; { time bash -c "$1" > /dev/null 2> "$work/errors"; } 2>&1) | awk '{print $1 + $2}'; }

modes=("auto" "hybrid" "dwarf --stack-size 8192" "dwarf --stack-size 16384" "dwarf --stack-size 65528" "fp")
printf '%-8s %6s  %-26s %10s %10s %10s %10s\n' program Hz mode 'target' 'recorder' 'MB/s' complete
for name in "${!programs[@]}"; do
    for frequency in "${frequencies[@]}"; do
        rm -f "$work"/*.data
        for _ in $(seq "$repetitions"); do
            cpu_seconds "${programs[$name]}" >> "$work/bare.data"
            for index in "${!modes[@]}"; do
                # The inner shell's `times` tells the program's own time, without the recorder's.
                "$tool" record -F "$frequency" --call-graph ${modes[$index]} -o "$work/profile.pb.gz" -- \
                    bash -c "{ ${programs[$name]}; } > /dev/null 2>&1; times" > "$work/times" 2> "$work/summary"
                target=$(sed -n 2p "$work/times" | sed 's/[ms]/ /g' | awk '{print $1 * 60 + $2 + $3 * 60 + $4}')
                own=$(grep -o 'own CPU [0-9.]*' "$work/summary" | awk '{print $3}')
                seconds=$(grep -o 'samples in [0-9.]*' "$work/summary" | awk '{print $3}')
                complete=$(grep -o 'complete stacks [>0-9. ]*' "$work/summary" | tr -d '>' | awk '{print $3}')
                bytes=$(gzip -dc "$work/profile.pb.gz" | grep -aoE 'records: [0-9]+' | awk '{print $2}')
                echo "$target $own $seconds $bytes $complete" >> "$work/$index.data"
            done
        done
        bare=$(sort -n "$work/bare.data" | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}')
        printf '%-8s %6s  %-26s %8.2f s\n' "$name" "$frequency" "bare" "$bare"
        for index in "${!modes[@]}"; do
            median() { awk "{print $1}" "$work/$index.data" | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }
            printf '%-8s %6s  %-26s %9.3fx %8.2f %% %10.1f %8.1f %%\n' "$name" "$frequency" "${modes[$index]}" \
                "$(awk "BEGIN {print $(median '$1') / $bare}")" "$(median '100 * $2 / $3')" \
                "$(median '$4 / $3 / 1e6')" "$(median '$5')"
        done
    done
done
