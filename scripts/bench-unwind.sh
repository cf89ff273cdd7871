#!/usr/bin/env bash
# Unwinding real programs: perf's recordings of them, unwound by perf, by libunwind and by us, from the same bytes.
#
#   scripts/bench-unwind.sh [PROGRAM…]      OUT=folder STACK=bytes HZ=frequency SECONDS_EACH=n
#
# Records each program with `perf record --call-graph dwarf`, keeps the recordings in $OUT (default /tmp/tickscope-unwind)
# and prints a table of frames, complete stacks and times. What is not installed is said and left out. Needs root.
set -uo pipefail
cd "$(dirname "$0")/.."
out=${OUT:-/tmp/tickscope-unwind}
stack=${STACK:-16384}
hz=${HZ:-999}
seconds=${SECONDS_EACH:-4}
tool=$PWD/.build/release/tickscope
compare=$PWD/.build/release/compare-unwind
mkdir -p "$out"
cd "$out"

all=(clang swiftc python3 node java postgres redis git sqlite3 xz)
[ $# -gt 0 ] && all=("$@")

skip() { echo "skipped: $1: $2" >&2; }
have() { command -v "$1" > /dev/null; }

# perf_record NAME PERF-ARGUMENTS…
perf_record() {
    local name=$1
    shift
    perf record -q -e cpu-clock -F "$hz" --call-graph "dwarf,$stack" -o "$name.data" "$@" > "$name.log" 2>&1
    # And once more with our recorder, which takes as much stack as is needed.
    local target=("--" "$@")
    [ "$1" = -p ] && target=(-p "$2" -d "$seconds")
    "$tool" record -e cpu-clock -F "$hz" -o "$name.live.pb.gz" "${target[@]}" > "$name.out" 2> "$name.live"
    return 0 # the program's own status: it is stopped after some seconds
}
attach() { perf_record "$1" -p "$2" -- sleep "$seconds"; }

cat > deep.cpp <<'CPP'
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <regex>
#include <thread>
int main(int argc, char** argv) {
    std::regex pattern("a(b|c)*d");
    std::map<std::string, std::vector<int>> places;
    for (int i = 0; i < argc; i++) places[argv[i]].push_back(i);
    std::sort(places.begin()->second.begin(), places.begin()->second.end());
    std::mt19937 random;
    std::thread([] {}).join();
    std::cout << std::regex_match(argv[0], pattern) << random() << std::filesystem::exists("x");
}
CPP

record_clang() {
    local compiler
    compiler=$(command -v clang++-14 || command -v clang++) || { skip clang "not installed"; return 1; }
    perf_record clang timeout "$seconds" sh -c "while :; do $compiler -std=c++17 -O2 -c deep.cpp -o deep.o; done"
}
record_swiftc() {
    have swiftc || { skip swiftc "not installed"; return 1; }
    cat > work.swift <<'SWIFT'
struct Point: Hashable, Codable { var x: Int; var y: [String: Double] }
func spread(_ n: Int) -> [Point] { (0..<n).map { Point(x: $0, y: ["a": Double($0) * 0.5 + 1]) } }
let groups = Dictionary(grouping: spread(1000), by: \.x).mapValues { $0.map(\.y).flatMap { $0.values }.reduce(0, +) }
print(groups.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.prefix(3))
SWIFT
    perf_record swiftc timeout "$seconds" sh -c "while :; do swiftc -O work.swift -o work; done"
}
record_python3() {
    have python3 || { skip python3 "not installed"; return 1; }
    local python=/usr/bin/python3
    [ -x $python ] || python=python3
    perf_record python3 timeout "$seconds" $python -c '
import json, re
while True:
    text = json.dumps([{"a": i, "b": [str(i)] * 3} for i in range(500)])
    json.loads(text); re.findall(r"(\d+)", text); sorted(text.split(","), key=len)'
}
record_node() {
    have node || { skip node "not installed"; return 1; }
    cat > work.js <<'JS'
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
const words = Array.from({length: 20000}, (_, i) => "w" + (i * 7919) % 10007);
for (;;) { fib(22); words.slice().sort(); JSON.parse(JSON.stringify(words.slice(0, 2000))); }
JS
    perf_record node timeout "$seconds" node --perf-basic-prof --interpreted-frames-native-stack work.js
}
record_java() {
    have javac || { skip java "not installed"; return 1; }
    cat > Work.java <<'JAVA'
import java.util.*;
public class Work {
    static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    public static void main(String[] arguments) {
        for (long sum = 0; ; ) {
            Map<String, Integer> counts = new HashMap<>();
            for (int i = 0; i < 50000; i++) counts.merge("k" + i % 997, i, Integer::sum);
            sum += fib(25) + counts.size();
        }
    }
}
JAVA
    javac Work.java
    java -XX:+PreserveFramePointer Work &
    local pid=$!
    sleep 2
    # The map is read when frames are named: near the end of our recording, which follows perf's.
    (sleep $((seconds + 2)) && jcmd $pid Compiler.perfmap) > /dev/null &
    attach java $pid
    kill $pid
    wait $pid 2> /dev/null
    return 0
}
record_postgres() {
    local bin
    bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -1)
    [ -n "$bin" ] || { skip postgres "not installed"; return 1; }
    rm -rf "$out/pg"
    mkdir -p "$out/pg"
    chown postgres "$out/pg"
    chmod 755 "$out"
    local as=(runuser -u postgres --)
    "${as[@]}" "$bin/initdb" -D "$out/pg/data" > /dev/null &&
        "${as[@]}" "$bin/pg_ctl" -D "$out/pg/data" -o "-p 54399 -k $out/pg" -l "$out/pg/log" -w start > /dev/null || return 1
    "${as[@]}" "$bin/pgbench" -h "$out/pg" -p 54399 -q -i -s 2 postgres > /dev/null 2>&1
    "${as[@]}" "$bin/pgbench" -h "$out/pg" -p 54399 -S -c 2 -T $((2 * seconds + 4)) postgres > /dev/null 2>&1 &
    local load=$!
    sleep 1
    attach postgres "$(pgrep -d, -u postgres -f 'postgres: ' | head -1)"
    wait $load
    "${as[@]}" "$bin/pg_ctl" -D "$out/pg/data" -m fast stop > /dev/null
}
record_redis() {
    have redis-server && have redis-benchmark || { skip redis "not installed"; return 1; }
    redis-server --port 63999 --save '' > /dev/null &
    local server=$!
    sleep 0.5
    redis-benchmark -p 63999 -t set,get,lrange -n 100000000 -q > /dev/null 2>&1 &
    local load=$!
    sleep 0.5
    attach redis $server
    kill $load $server
    wait $load $server 2> /dev/null
    return 0
}
record_git() {
    have git || { skip git "not installed"; return 1; }
    local repository
    repository=$(git -C "$OLDPWD" rev-parse --show-toplevel 2> /dev/null || git rev-parse --show-toplevel)
    perf_record git timeout "$seconds" sh -c "while :; do git -C '$repository' log -p > /dev/null; done"
}
record_sqlite3() {
    have sqlite3 || { skip sqlite3 "not installed"; return 1; }
    perf_record sqlite3 timeout "$seconds" sqlite3 :memory: "
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000000)
        select count(*) from (select i % 1000 as k, sum(i), group_concat(i % 7) from n group by k order by 2 desc);"
}
record_xz() {
    have xz || { skip xz "not installed"; return 1; }
    perf_record xz timeout "$seconds" sh -c "head -c 300000000 /dev/urandom | base64 | xz -6 -T1 > /dev/null"
}

# Seconds of a command, which may be cut off; its output goes to a file.
timed() {
    local file=$1 start end status
    shift
    start=$(date +%s.%N)
    timeout 60 "$@" > "$file" 2>> timing.log
    status=$?
    end=$(date +%s.%N)
    [ $status -eq 124 ] && echo "> 60" || awk "BEGIN {printf \"%.2f\", $end - $start}"
}
field() { awk -v name="$2" '$1 == name {print $2}' "$1.compared"; }
percent() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", (b > 0 ? 100 * a / b : 0)}'; }

printf '| program | samples | frames | = libunwind | = perf | only ours | only perf | complete: ours | perf | recorded by us | named | ns/frame: table | libunwind | MB | seconds: ours | perf script --no-inline | with inlines: ours | perf script |\n'
printf '|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n'
for name in "${all[@]}"; do
    if [ ! -s "$name.data" ] || [ "${FRESH:-1}" = 1 ]; then "record_$name" || continue; fi
    [ -s "$name.data" ] || { skip "$name" "perf recorded nothing: $(tail -1 "$name.log")"; continue; }
    perf script --no-inline --ns -F tid,time,ip -i "$name.data" > "$name.script" 2>> timing.log
    "$compare" "$name.data" "$name.script" > "$name.compared" || continue
    ours=$(timed "$name.import.log" "$tool" import "$name.data" -q --no-inline -o "$name.pb.gz")
    plain=$(timed /dev/null perf script --no-inline -i "$name.data")
    ours_inline=$(timed "$name.import.log" "$tool" import "$name.data" -q -o "$name.pb.gz")
    inline=$(timed /dev/null perf script -i "$name.data")
    samples=$(field "$name" samples)
    printf '| %s | %s | %s | %.3f %% | %.3f %% | %s | %s | %s %% | %s %% | %s %% | %s %% | %.0f | %.0f | %s | %s | %s | %s | %s |\n' "$name" "$samples" \
        "$(field "$name" frames)" "$(awk "BEGIN {print 100 * $(field "$name" libunwind.agreement)}")" \
        "$(awk "BEGIN {print 100 * $(field "$name" perf.agreement)}")" "$(field "$name" perf.only_ours)" \
        "$(field "$name" perf.only_theirs)" "$(percent "$(field "$name" ours.complete)" "$samples")" \
        "$(percent "$(field "$name" perf.complete)" "$samples")" \
        "$(grep -o 'complete stacks [^%]*' "$name.live" | tr -cd '0-9.')" \
        "$(grep -o 'named frames [^%]*' "$name.live" | tr -cd '0-9.')" "$(field "$name" table.ns_per_frame)" \
        "$(field "$name" libunwind.ns_per_frame)" "$(du -m "$name.data" | cut -f1)" "$ours" "$plain" "$ours_inline" "$inline"
done
