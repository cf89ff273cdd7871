#!/usr/bin/env bash
# Fuzzes the readers of untrusted bytes: builds them with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer (the
# C parts), and feeds each target for a while, starting from Tests/FuzzCorpus and from what scripts/fuzz-seeds.sh makes.
# A finding ends its target and is kept under .build/fuzz/findings.
#
# Usage: scripts/fuzz.sh [TARGET…]        FUZZ_SECONDS=120 each; FUZZ_MERGE=1 brings what is new into Tests/FuzzCorpus
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-120}
work=.build/fuzz
corpus=Tests/FuzzCorpus
export TICKSCOPE_FUZZ=1

build=(
    swift build -c release --scratch-path "$work/build" --product tickscope-fuzz
    --sanitize=address -Xswiftc -sanitize=fuzzer -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld
    -Xcc -fsanitize=fuzzer-no-link,undefined -Xcc -fno-sanitize-recover=undefined
)
"${build[@]}"
fuzzer="$("${build[@]}" --show-bin-path)/tickscope-fuzz"

targets=("$@")
if ((${#targets[@]} == 0)); then mapfile -t targets < <("$fuzzer"); fi

scripts/fuzz-seeds.sh "$work/seeds"
mkdir -p "$work/findings"
status=0
for target in "${targets[@]}"; do
    mkdir -p "$work/corpus/$target" "$work/seeds/$target" "$corpus/$target"
    echo "== $target: $seconds s"
    export TICKSCOPE_FUZZ_TARGET=$target
    # Swift's metadata caches are never freed: no leak detection.
    if ! nice -n 19 env ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "$fuzzer" \
        "$work/corpus/$target" "$corpus/$target" "$work/seeds/$target" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -artifact_prefix="$work/findings/$target-" \
        >"$work/$target.log" 2>&1; then
        status=1
        echo "FINDING in $target: $work/findings, $work/$target.log"
        grep -m 5 -E 'ERROR|SUMMARY|Fatal|runtime error' "$work/$target.log" || true
    fi
    grep -E 'stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$work/$target.log" || true
    if [[ ${FUZZ_MERGE-} ]]; then
        # Only inputs that reach something new, and few of them, small and large: every test run replays them.
        rm -rf "$work/minimal" && mkdir -p "$work/minimal"
        ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "$fuzzer" -merge=1 -verbosity=0 "$work/minimal" \
            "$corpus/$target" "$work/corpus/$target" "$work/seeds/$target" >/dev/null 2>&1
        find "$corpus/$target" -type f -not -name 'finding-*' -delete
        find "$work/minimal" -type f -size -4097c -printf '%s %p\n' | sort -n | cut -d ' ' -f 2 >"$work/minimal.list"
        step=$((($(wc -l <"$work/minimal.list") + 63) / 64))
        awk -v step="$step" 'NR % step == 0' "$work/minimal.list" | xargs -r cp -t "$corpus/$target"
    fi
done
exit $status
