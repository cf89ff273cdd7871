#!/usr/bin/env python3
"""Other detectors of change points on the series of compare-change-points, and the table of all.

    peers.py series.txt ours.txt [--most-otava-points N]

Needs the Python packages apache-otava, ruptures and asv. Settings are the detectors' defaults; ruptures has none for its
penalty, so that of the Bayesian criterion is given, with the noise estimated from differences.
"""
import collections
import csv
import logging
import math
import os
import random
import subprocess
import sys
import tempfile
import time

import numpy
import ruptures
from asv.step_detect import detect_steps
from otava.analysis import compute_change_points

logging.disable(logging.CRITICAL)
MARGIN = 5


def otava(values):
    # A list: with NumPy's arrays it finds nothing or fails.
    points, _ = compute_change_points(values, window_len=50, max_pvalue=0.001, min_magnitude=0.0)
    return [point.index for point in points]


def asv(values):
    # asv draws random numbers of the global generator in its search.
    random.seed(1)
    return [int(step[0]) for step in detect_steps(values)][1:]


def kernel(values):
    array = numpy.array(values)
    sigma = numpy.median(numpy.abs(numpy.diff(array))) / 0.954
    found = ruptures.KernelCPD(kernel="linear", min_size=4).fit(array).predict(
        pen=3 * math.log(len(array)) * max(sigma, 1e-12) ** 2)
    return found[:-1]


def pelt_l1(values):
    array = numpy.array(values)
    sigma = numpy.median(numpy.abs(numpy.diff(array))) / 0.954
    return ruptures.Pelt(model="l1", min_size=4, jump=1).fit(array).predict(
        pen=3 * math.log(len(array)) * max(sigma, 1e-12))[:-1]


def score(found, truth):
    left = list(found)
    hits = 0
    for place in truth:
        near = [x for x in left if abs(x - place) <= MARGIN]
        if near:
            left.remove(min(near, key=lambda x: abs(x - place)))
            hits += 1
    return hits, len(truth) - hits, len(left)


def otava_command(values):
    """Seconds of the whole process; its library's results are those above."""
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/s.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["time", "commit", "ns"])
            for i, value in enumerate(values):
                writer.writerow([time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1.7e9 + 3600 * i)), f"c{i}", value + 100])
        with open(folder + "/c.yaml", "w") as file:
            file.write(
                f"tests:\n  s:\n    type: csv\n    file: {folder}/s.csv\n    time_column: time\n"
                "    attributes: [commit]\n    metrics:\n      ns: {direction: -1}\n")
        program = os.path.join(os.path.dirname(sys.executable), "otava")
        begin = time.monotonic()
        result = subprocess.run(
            [program, "analyze", "s", "--config-file", folder + "/c.yaml", "--since", "2020-01-01", "--output", "json"],
            capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
        return time.monotonic() - begin if result.returncode == 0 else float("nan")


def main():
    ours = [line.rstrip("\n").split("\t") for line in open(sys.argv[2])]
    # The longest a detector is given: those that square the length would take hours. Half a second for each 300 values
    # is too much for the trials.
    detectors = {"ours": (None, 10**9), "otava": (otava, 10**9), "asv": (asv, 10_000), "kernel": (kernel, 10_000),
                 "pelt l1": (pelt_l1, 1000)}
    scores = collections.defaultdict(lambda: [0, 0, 0])
    alarms = collections.Counter()
    counts = collections.Counter()
    seconds = collections.defaultdict(float)
    times = collections.OrderedDict()
    noises = []

    def print_trials():
        names = [name for name in detectors if name != "pelt l1"]
        print("Share of 300-point series without a step in which one is reported")
        print(f"{'noise':14}" + "".join(f"{name:>10}" for name in names))
        for noise in noises:
            print(f"{noise:14}" + "".join(
                f"{alarms[name, 'none', noise] / counts['none', noise]:10.3f}" for name in names))
        for kind, title in (("step1", "one step of 1 sigma"), ("step2", "one step of 2 sigma"),
                            ("step3", "one step of 3 sigma"), ("three2", "three steps of 2 sigma")):
            print(f"\nF1, {title}, found within {MARGIN}")
            for noise in noises:
                cells = []
                for name in names:
                    hit, missed, wrong = scores[name, kind, noise]
                    cells.append(f"{2 * hit / (2 * hit + missed + wrong):10.3f}" if hit + missed + wrong else f"{'':10}")
                print(f"{noise:14}" + "".join(cells))
        sys.stdout.flush()

    for number, line in enumerate(open(sys.argv[1])):
        kind, noise, truth, text = line.rstrip("\n").split("\t")
        truth = [] if truth == "-" else [int(x) for x in truth.split(",")]
        values = [float(x) for x in text.split(" ")]
        if noise not in noises:
            noises.append(noise)
        if kind == "time" and not times:
            print_trials()
            times[len(values), len(truth)] = {}
        counts[kind, noise] += 1
        for name, (detector, most) in detectors.items():
            if name == "ours":
                found = [] if ours[number][0] == "-" else [int(x) for x in ours[number][0].split(",")]
                taken = float(ours[number][1])
            elif len(values) > most or (name == "pelt l1" and kind != "time"):
                continue
            else:
                begin = time.monotonic()
                found = detector(values)
                taken = time.monotonic() - begin
            hit, missed, wrong = score(found, truth)
            if kind == "time":
                times.setdefault((len(values), len(truth)), {})[name] = (taken, hit, wrong)
                continue
            seconds[name] += taken
            total = scores[name, kind, noise]
            total[0] += hit
            total[1] += missed
            total[2] += wrong
            alarms[name, kind, noise] += 1 if wrong else 0
        if kind == "time" and len(values) <= 5000:
            times[len(values), len(truth)]["otava command"] = (otava_command(values), 0, 0)
    print("\nSeconds, of a call in the process (steps found/wrong), and in units of ours")
    for (length, steps), row in times.items():
        for name, (taken, hit, wrong) in row.items():
            counted = "" if name == "otava command" else f" ({hit} of {steps}, {wrong} wrong)"
            print(f"{length:7} points  {name:14} {taken:9.4f} s  {taken / row['ours'][0]:8.1f} x{counted}")


main()
