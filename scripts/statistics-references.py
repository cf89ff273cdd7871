#!/usr/bin/env python3
"""Writes Tests/StatisticsTests/References.swift: what SciPy and statsmodels say about fixed samples.

    python3 scripts/statistics-references.py > Tests/StatisticsTests/References.swift
"""
import itertools

import numpy
import scipy
import scipy.stats as stats
import statsmodels
import statsmodels.api as sm

rng = numpy.random.default_rng(20240607)


def swift(value):
    return "[" + ", ".join(swift(v) for v in value) + "]" if hasattr(value, "__len__") else repr(float(value))


print(f"// Made by scripts/statistics-references.py with SciPy {scipy.__version__} and statsmodels {statsmodels.__version__}.")
print("// swift-format-ignore-file\n")
print("enum References {")

print("    /// Two samples; U of the first, and p of `mannwhitneyu` two-sided, greater and less: exact without ties; with")
print("    /// ties by all permutations while there are few, asymptotic for many.")
print("    static let mannWhitney: [(a: [Double], b: [Double], u: Double, twoSided: Double, greater: Double, less: Double)] = [")
cases = [
    ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21], "exact"),
    ([1, 2, 3], [4, 5, 6, 7], "exact"),
    ([1, 2, 2, 3, 5, 5], [2, 4, 5, 6, 6], "permutation"),
    ([1, 1, 1], [1, 1, 1, 1], "permutation"),
    (rng.normal(size=25).round(6), rng.normal(0.7, 1, size=30).round(6), "exact"),
    (rng.integers(0, 12, 60), rng.integers(1, 14, 80), "asymptotic"),
    (rng.normal(size=70).round(6), rng.normal(0.3, 1, size=50).round(6), "asymptotic"),
]
for a, b, method in cases:
    how = stats.PermutationMethod(n_resamples=numpy.inf) if method == "permutation" else method
    p = {}
    for side in ("two-sided", "greater", "less"):
        r = stats.mannwhitneyu(a, b, alternative=side, method=how)
        p[side] = r.pvalue
    print(f"        ({swift(a)}, {swift(b)}, {float(r.statistic)!r}, {min(1.0, float(p['two-sided']))!r}, {float(p['greater'])!r}, {float(p['less'])!r}),")
print("    ]\n")

print("    /// Two samples; the median of all differences, and those of the ranks that the exact test at 95 % leaves.")
print("    static let hodgesLehmann: [(a: [Double], b: [Double], shift: Double, lower: Double, upper: Double)] = [")
for a, b in (cases[0][:2], cases[4][:2]):
    differences = sorted(x - y for x in a for y in b)
    n, m = len(a), len(b)
    # P(U < k), by the exact distribution of SciPy: mannwhitneyu of a sample whose U is k - 1.
    null = numpy.array([1.0])
    for i in range(1, m + 1):
        # The generating function of U: products of (1 - q^(n+i)) / (1 - q^i).
        numerator = numpy.zeros(n + i + 1)
        numerator[0], numerator[n + i] = 1, -1
        null = numpy.convolve(null, numerator)
        out = null.copy()
        for j in range(i, len(out)):
            out[j] += out[j - i]
        null = out[: i * n + 1]
    cumulative = numpy.cumsum(null) / null.sum()
    k = int(numpy.searchsorted(cumulative, 0.025, side="right"))
    print(f"        ({swift(a)}, {swift(b)}, {float(numpy.median(differences))!r}, {float(differences[k - 1])!r}, {float(differences[n * m - k])!r}),")
print("    ]\n")

p = [0.01, 0.04, 0.03, 0.005, 0.55, 0.2, 0.03, 0.9]
print("    static let falseDiscovery: (p: [Double], hochberg: [Double], yekutieli: [Double]) = (")
print(f"        {swift(p)},\n        {swift(stats.false_discovery_control(p))},\n        {swift(stats.false_discovery_control(p, method='by'))})\n")

a, b = [12.1, 13.4, 11.8, 15.0, 12.2], [14.9, 15.2, 13.0, 16.1, 15.5, 14.0]
r = stats.permutation_test((a, b), lambda x, y: abs(numpy.mean(x) - numpy.mean(y)), alternative="greater", n_resamples=numpy.inf)
print(f"    static let permutation: (a: [Double], b: [Double], p: Double) = (\n        {swift(a)},\n        {swift(b)}, {float(r.pvalue)!r})\n")

x, y = rng.normal(size=20).round(4), rng.normal(1, 2, size=30).round(4)
e = stats.energy_distance(x, y) ** 2 * 20 * 30 / 50
print(f"    static let energy: (a: [Double], b: [Double], statistic: Double) = (\n        {swift(x)},\n        {swift(y)}, {float(e)!r})\n")

ka, ea, kb, eb = [12, 7, 15, 9], [1000, 900, 1100, 1000], [25, 14, 30, 22, 19], [1000, 1000, 1200, 900, 1000]
counts, exposure = numpy.array(ka + kb), numpy.array(ea + eb, float)
design = sm.add_constant(numpy.array([0] * 4 + [1] * 5, float))
fit = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=exposure).fit(scale="X2", use_t=True)
low, high = fit.conf_int()[1]
print("    static let quasiPoisson: (ratio: Double, dispersion: Double, lower: Double, upper: Double, p: Double) = (")
print(f"        {float(numpy.exp(fit.params[1]))!r}, {float(fit.scale)!r}, {float(numpy.exp(low))!r}, {float(numpy.exp(high))!r}, {float(fit.pvalues[1])!r})")
print("}")
