# Everything is built once, with optimization: what the tests run is what is installed.
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
RELEASE = -c release

.PHONY: build dependencies test fuzz bench bench-quick bench-day bench-unwind bench-captures bench-regression bench-sessions bench-attribution demo install format lint clean

build: dependencies
	$(SWIFT) build $(RELEASE)

dependencies:
	@scripts/install-dependencies.sh

# Tests that record real processes: one after the other, so that none takes CPU time from what another measures.
RECORDING_TESTS = EndToEndTests|TestSupportTests|ProfilingTests|CycleTimingTests|BenchmarkSuitesTests|BenchmarkingTests

# What this machine does not allow is shown as skipped. No test imports a module as testable: allowing that would
# compile everything a second time, and another program than the one that is installed.
test:
	@scripts/install-dependencies.sh --test
	$(SWIFT) build $(RELEASE)
	$(SWIFT) test $(RELEASE) --disable-testable-imports --skip '$(RECORDING_TESTS)'
	$(SWIFT) test $(RELEASE) --disable-testable-imports --filter '$(RECORDING_TESTS)' --no-parallel

# Every reader of untrusted bytes for two minutes, or FUZZ_SECONDS; see Fuzzing/README.md.
fuzz:
	@scripts/install-dependencies.sh --test
	@scripts/fuzz.sh

# Every scenario of the trading hot path against its budget (tickscope.yaml); the chief ones in half a minute; and one with
# a whole day's orders, which takes more than a gigabyte. Figures: docs/scenarios.md.
TICKSCOPE = "$$($(SWIFT) build $(RELEASE) --show-bin-path)/tickscope"

bench: build
	$(TICKSCOPE) bench run --suite 'hot path'
	$(TICKSCOPE) bench run --suite framework

bench-quick: build
	$(TICKSCOPE) bench run --suite 'hot path' --tag quick --processes 6 --seconds 0.05

bench-day: build
	$(TICKSCOPE) bench run --suite day

# Unwinding of real programs against perf and libunwind; what captures cost. Figures: docs/unwinding.md, docs/captures.md.
bench-unwind: build
	@scripts/bench-unwind.sh

bench-captures: build
	@scripts/bench-captures.sh

# Change points of histories against those of apache-otava, ruptures and asv.
bench-regression:
	$(SWIFT) build $(RELEASE) --product compare-change-points
	@scripts/bench-change-points.sh

# A hundred real sessions without a change, and how often the gate calls a program slower than itself: most of an hour.
bench-sessions: build
	@scripts/bench-sessions.py

# How often the function is named that a change comes from: half a minute a trial, 400 trials.
bench-attribution: build
	$(SWIFT) build $(RELEASE) --product attribution-trials
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/attribution-trials" 100 10

demo: build
	@scripts/demo.sh

# The tool is built once more, with Swift's runtime in it: it runs where there is no Swift, as on a production machine, and
# starts in half the time. The library for benchmarks in C needs the runtime beside it.
STATIC = $(RELEASE) --static-swift-stdlib --scratch-path .build/static

install: dependencies
	$(SWIFT) build $(STATIC) --product tickscope
	$(SWIFT) build $(RELEASE) --product tickscope-bench
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 0755 "$$($(SWIFT) build $(STATIC) --show-bin-path)/tickscope" "$(DESTDIR)$(PREFIX)/bin/tickscope"
	strip --strip-debug "$(DESTDIR)$(PREFIX)/bin/tickscope"
	install -d "$(DESTDIR)$(PREFIX)/lib" "$(DESTDIR)$(PREFIX)/include/tickscope" "$(DESTDIR)$(PREFIX)/include/CCycles"
	install -m 0755 "$$($(SWIFT) build $(RELEASE) --show-bin-path)/libtickscope-bench.so" "$(DESTDIR)$(PREFIX)/lib/"
	install -m 0644 include/tickscope/bench.h "$(DESTDIR)$(PREFIX)/include/tickscope/"
	install -m 0644 include/CCycles/*.h "$(DESTDIR)$(PREFIX)/include/CCycles/"
# So that programs find the library without being told where it is. A packager's own script does it later.
	if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Benchmarks Tests Fuzzing

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Benchmarks Tests Fuzzing

clean:
	$(SWIFT) package clean
	rm -rf out .build/static
