#!/usr/bin/env python3
"""Four harnesses on the same functions in one run: what they say, how far twenty processes lie apart, and how long each
needs to tell one per cent.

  scripts/bench-harnesses.py [PROCESSES]

Needs the Debian packages libbenchmark-dev, hyperfine and g++. Processes of all harnesses take turns in an order that is
shuffled for each round, and measure each function for about 60 ms. The time to tell +1 % follows from the spread: with a
robust standard deviation s of a process's value, n = 2 (3.6 s)^2 / (1 %)^2 processes a side (at least 4) detect it with 95 %
power at the 5 % level; times what a process takes. `tickscope bench compare` is timed as it is.
"""

import json, os, random, shutil, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROCESSES = int(sys.argv[1]) if len(sys.argv) > 1 else 20
FUNCTIONS = ["empty", "add", "imul/1", "imul/10", "imul/80", "sum/1024", "allocate"]
SCRATCH = tempfile.mkdtemp(prefix="bench-harnesses-")
WORK_REPEATS = 20_000

WORK_COMMAND = """
#include <stdint.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    const char *more = getenv("KNOWN_ANSWERS_MORE");
    long count = 2000 + (more ? atol(more) : 0) * 2;
    uint64_t value = argc;
    for (long round = atol(argv[1]); round > 0; round--)
        for (long i = 0; i < count; i++) { value *= UINT64_C(0x9E3779B97F4A7C15); __asm__ volatile("" : "+r"(value)); }
    return (int)value & 1;
}
"""


def run(*command, more=0, folder=ROOT):
    environment = dict(os.environ, KNOWN_ANSWERS_MORE=str(more))
    outcome = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {outcome.stderr.strip()[-400:]}")
    return outcome.stdout


def build():
    for product in ["tickscope", "known-answers"]:
        run("swift", "build", "-c", "release", "--product", product)
    run("g++", "-O2", "-o", f"{SCRATCH}/google", "Benchmarks/Peers/GoogleBenchmark/known_answers.cpp", "-lbenchmark",
        "-lpthread")
    with open(f"{SCRATCH}/work.c", "w") as file:
        file.write(WORK_COMMAND)
    run("gcc", "-O2", "-o", f"{SCRATCH}/work", f"{SCRATCH}/work.c")
    shutil.copytree(f"{ROOT}/Benchmarks/Peers/OrdoBenchmark", f"{SCRATCH}/ordo")
    ordo(["empty"], 0)


def pattern(functions):
    return "^(" + "|".join(functions) + ")$"


def google(functions, more):
    answer = json.loads(
        run(f"{SCRATCH}/google", "--benchmark_min_time=0.06", "--benchmark_format=json",
            f"--benchmark_filter={pattern(functions)}", more=more))
    return {entry["name"]: entry["real_time"] for entry in answer["benchmarks"]}


def ordo(functions, more):
    folder = f"{SCRATCH}/ordo-out"
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    run("swift", "package", "--disable-sandbox", "--allow-writing-to-directory", folder, "benchmark", "--quiet",
        "--no-progress", "--format", "histogramSamples", "--path", folder, "--filter", pattern(functions), more=more,
        folder=f"{SCRATCH}/ordo")
    values = {}
    for name in os.listdir(folder):
        function = name.split(".")[2].replace("_", "/")
        scale = 1e3 if function in ["work", "imul/80", "sum/1024"] else 1e6
        with open(f"{folder}/{name}") as file:
            values[function] = statistics.median(float(line) for line in file.readlines()[1:]) / scale
    return values


def series(path):
    with open(path) as file:
        results = json.load(file)["results"]
    for result in results:
        identity = result["id"]
        name = identity["name"] + (f"/{identity['argument']}" if identity.get("argument") else "")
        yield name, {entry["metric"]: entry["values"] for entry in result["series"]}


def tickscope(functions, more, metric="time"):
    run(".build/release/tickscope", "bench", "run", ".build/release/known-answers", "--filter", pattern(functions),
        "--processes", "1", "--seconds", "0.06", "--format", "json", "-o", f"{SCRATCH}/run.json", more=more)
    values = {}
    for name, metrics in series(f"{SCRATCH}/run.json"):
        values[name] = metrics["time"][0]
        values[name + " cycles"] = metrics["cycles"][0]
    return values


def hyperfine(functions, more):
    if "work" not in functions:
        return {}
    run("hyperfine", "-N", "--runs", "5", "--export-json", f"{SCRATCH}/hyperfine.json",
        f"{SCRATCH}/work {WORK_REPEATS}", more=more)
    with open(f"{SCRATCH}/hyperfine.json") as file:
        return {"work": json.load(file)["results"][0]["median"] * 1e9 / WORK_REPEATS}


HARNESSES = {"tickscope": tickscope, "google": google, "ordo": ordo, "hyperfine": hyperfine}


def spread(values):
    """Robust standard deviation relative to the median, from the quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return (high - low) / 1.349 / middle


def main():
    build()
    found = {name: {} for name in HARNESSES}
    works = {name: {0: [], 10: []} for name in HARNESSES}
    seconds = {name: [] for name in HARNESSES}
    for _ in range(PROCESSES):
        for name in random.sample(list(HARNESSES), len(HARNESSES)):
            for function, value in HARNESSES[name](FUNCTIONS, 0).items():
                found[name].setdefault(function, []).append(value)
            for more in random.sample([0, 10], 2):
                begin = time.monotonic()
                works[name][more].append(HARNESSES[name](["work"], more)["work"])
                seconds[name].append(time.monotonic() - begin)

    print(f"{PROCESSES} processes each; median and, in brackets, lowest and highest of the processes")
    print(f"{'':10} {'tickscope, cycles':>28} {'tickscope, ns':>28} {'google, ns':>28} {'ordo, ns':>28}")
    for function in FUNCTIONS:
        columns = [found["tickscope"].get(function + " cycles"), found["tickscope"].get(function),
                   found["google"].get(function), found["ordo"].get(function)]
        texts = [f"{statistics.median(v):.3f} ({min(v):.3f}–{max(v):.3f})" if v else "–" for v in columns]
        print(f"{function:10} " + " ".join(f"{text:>28}" for text in texts))
    print(f"\n{'+1 %':10} {'ratio':>8} {'spread':>8} {'s a process':>12} {'processes':>10} {'seconds to tell':>16}")
    for name in HARNESSES:
        deviation = max(spread(works[name][0]), spread(works[name][10]))
        ratio = statistics.median(works[name][10]) / statistics.median(works[name][0])
        count = max(4, 2 * (3.6 * deviation / 0.01) ** 2)
        cost = statistics.median(seconds[name])
        print(f"{name:10} {ratio:8.4f} {100 * deviation:7.2f}% {cost:12.2f} {count:10.0f} {2 * count * cost:16.1f}")
    launcher = f"{SCRATCH}/more"
    with open(launcher, "w") as file:
        file.write(f"#!/bin/sh\nexport KNOWN_ANSWERS_MORE=10\nexec {ROOT}/.build/release/known-answers\n")
    os.chmod(launcher, 0o755)
    begin = time.monotonic()
    compared = subprocess.run(
        [f"{ROOT}/.build/release/tickscope", "bench", "compare", f"{ROOT}/.build/release/known-answers", launcher,
         "--filter", "^work$", "--tolerance", "0.5%"], capture_output=True, text=True)
    print(f"\ntickscope bench compare: {time.monotonic() - begin:.1f} s\n{compared.stdout}{compared.stderr}")
    shutil.rmtree(SCRATCH)


if __name__ == "__main__":
    main()
