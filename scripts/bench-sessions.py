#!/usr/bin/env python3
"""Real sessions without a change: how often the gate calls a program slower than itself.

    scripts/bench-sessions.py [SESSIONS] [TOLERANCE...]

A session measures known-answers twice, one run after the other, as before and after a change, and asks 'tickscope regress'
with each tolerance; "usual" are those that it has by itself. Prints, for each tolerance, the sessions in which anything
regressed or improved, of how many, with the share that is promised: at most 5 of 100 for either direction together with
all benchmarks.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 100
tolerances = sys.argv[2:] or ["usual", "cycles=1%", "cycles=0.1%"]
root = pathlib.Path(__file__).resolve().parent.parent
build = subprocess.run(
    ["swift", "build", "-c", "release", "--show-bin-path"], cwd=root, capture_output=True, text=True, check=True
).stdout.strip()
tool, program = f"{build}/tickscope", f"{build}/known-answers"
chosen = ["--filter", "^(imul/10|imul/40|sum/256|sum/1024|allocate|sort|five)$", "--processes", "10", "--seconds", "0.2"]


def measure(path):
    subprocess.run([tool, "bench", "run", program, *chosen, "-q", "-o", path], check=True, stdout=subprocess.DEVNULL)


regressed, improved, decided, verdicts = (collections.Counter() for _ in range(4))
worst = collections.Counter()
with tempfile.TemporaryDirectory() as folder:
    for session in range(sessions):
        measure(f"{folder}/a.json")
        measure(f"{folder}/b.json")
        for tolerance in tolerances:
            chosen_tolerance = [] if tolerance == "usual" else ["--tolerance", tolerance]
            answer = subprocess.run(
                [tool, "regress", f"{folder}/b.json", "--against", f"{folder}/a.json", *chosen_tolerance,
                 "--format", "json"], capture_output=True, text=True)
            report = json.loads(answer.stdout)
            findings = [finding for finding in report["findings"] if finding["gates"]]
            decided[tolerance] += len(findings)
            verdicts[tolerance, report["verdict"]] += 1
            for name, counter in (("regressed", regressed), ("improved", improved)):
                hits = [f"{finding['id']} {finding['metric']}" for finding in findings if finding["verdict"] == name]
                counter[tolerance] += bool(hits)
                for hit in hits:
                    worst[tolerance, hit] += 1
        print(f"session {session + 1} of {sessions}: " + ", ".join(
            f"{tolerance} {regressed[tolerance]} regressed {improved[tolerance]} improved"
            for tolerance in tolerances), flush=True)

for tolerance in tolerances:
    print(f"tolerance {tolerance}: something regressed in {regressed[tolerance]} of {sessions} sessions without a change, "
          f"improved in {improved[tolerance]}; {decided[tolerance] / sessions:.0f} comparisons a session")
    for (which, verdict), count in sorted(verdicts.items()):
        if which == tolerance:
            print(f"    {verdict}: {count}")
for (tolerance, hit), count in worst.most_common(12):
    print(f"  at {tolerance}: {hit} {count} times")
