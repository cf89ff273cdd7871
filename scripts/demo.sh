#!/usr/bin/env bash
# Records the demonstration engine for ten seconds and shows where its time goes. Everything lands in out/.
#
# Replays a real NASDAQ file where there is one under TICKSCOPE_MARKET_DATA (default ../shared/data/market), a
# generated stream otherwise. Fails when an output is empty or the engine's hot functions are not in it.
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=release
products=$(swift build -c "$configuration" --show-bin-path)
tickscope=$products/tickscope
data=${TICKSCOPE_MARKET_DATA:-../shared/data/market}/itch50/aapl_20200130_locate13_10k.itch
hot_functions=(decode book) # what the engine does all the time, as a part of its functions' names

if [[ -f $data ]]; then
    source=(--data "$data")
else
    source=(--generate)
fi

mkdir -p out
rm -f out/profile.pb.gz out/stacks.folded out/flame.svg out/report.txt out/replay.log
"$products/tickscope-replay" "${source[@]}" --threads 1 >out/replay.log 2>&1 &
replay=$!
stop_replay() {
    kill "$replay" 2>/dev/null || true
    wait "$replay" 2>/dev/null || true
}
trap stop_replay EXIT
sleep 1
if ! kill -0 "$replay" 2>/dev/null; then
    echo "demo: the replay did not start:" >&2
    cat out/replay.log >&2
    exit 1
fi

echo "demo: replaying ${source[*]}, recording process $replay for ten seconds"
"$tickscope" record -p "$replay" -d 10 -o out/profile.pb.gz
"$tickscope" export out/profile.pb.gz --format collapsed -o out/stacks.folded
"$tickscope" flame out/profile.pb.gz -o out/flame.svg --short-names
"$tickscope" report out/profile.pb.gz --short-names | tee out/report.txt
stop_replay

failures=0
for file in out/profile.pb.gz out/stacks.folded out/flame.svg out/report.txt; do
    if [[ ! -s $file ]]; then
        echo "demo: $file is empty" >&2
        failures=1
    fi
done
for function in "${hot_functions[@]}"; do
    for file in out/stacks.folded out/flame.svg out/report.txt; do
        if ! grep -qi "$function" "$file"; then
            echo "demo: no function with “$function” in $file" >&2
            failures=1
        fi
    done
done
if ((failures)); then exit 1; fi
echo "demo: out/flame.svg is the picture; open it in a browser"
