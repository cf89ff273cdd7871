#!/usr/bin/env python3
"""Our Swift books against C++ books on the same bytes.

    Benchmarks/Peers/compare.py FEED [FEED ...] [--swift BINARY] [--itch-book SOURCES] [--rounds N]

Builds cpp/ with g++ -O3 -march=native, runs every implementation in turn, N rounds, and prints the median of the
processor nanoseconds a message beside the ratio to the fastest C++ book. Figures of one table belong together; those of
two tables do not. A state digest that differs is an error, and no time is printed for that feed.

--itch-book takes the unpacked source distribution of PyPI's itch-book (pip download --no-binary :all: itch-book), whose
C++ core is then a peer too.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
CPP_BOOKS = ["map", "array"]
ITCH_BOOKS = ["itch-inline", "itch-pooled"]


def build(folder, itch_book):
    binary = folder / "books"
    command = ["g++", "-O3", "-march=native", "-o", binary, here / "cpp/main.cpp"]
    if itch_book:
        command += ["-std=c++23", "-DPEERS_ITCH_BOOK", "-I", here / "cpp", "-isystem", itch_book / "include"]
    else:
        command += ["-std=c++20", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(command, check=True)
    return binary


def run(binary, feed, name):
    words = subprocess.run([binary, feed, name, "3"], check=True, capture_output=True, text=True).stdout.split()
    return words[1], int(words[2]), [float(word) for word in words[3:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", nargs="+", type=pathlib.Path)
    parser.add_argument("--swift", type=pathlib.Path, default=here.parent.parent / ".build/release/peer-books")
    parser.add_argument("--itch-book", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="Swift implementations, instead of all")
    options = parser.parse_args()
    swift = options.only or ["swift-decode", "swift-flat", "swift-pipeline", "swift-values", "swift-idiomatic"]
    cpp = ["decode"] + CPP_BOOKS
    if options.itch_book:
        cpp += ["itch-decode"] + ITCH_BOOKS
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        binary = build(pathlib.Path(folder), options.itch_book)
        for feed in options.feeds:
            times, digests, messages = {}, {}, 0
            for _ in range(options.rounds):
                for name in cpp + swift:
                    program = options.swift if name.startswith("swift-") else binary
                    digests[name], messages, figures = run(program, feed, name)
                    times.setdefault(name, []).extend(figures)
            print(f"{feed.name}: {messages} messages")
            states = {digests[name] for name in digests if "decode" not in name}
            if len(states) != 1:
                print(f"  digests differ: {digests}", file=sys.stderr)
                failed = True
                continue
            medians = {name: statistics.median(figures) for name, figures in times.items()}
            books = min(medians[name] for name in cpp if "decode" not in name)
            decodes = min(medians[name] for name in cpp if "decode" in name)
            for name in cpp + swift:
                best = decodes if "decode" in name else books
                print(
                    f"  {name:16} {medians[name]:8.2f} ns  {min(times[name]):8.2f} at least"
                    f"  {medians[name] / best:6.2f} x fastest C++"
                )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
