internal import CCycles
internal import Glibc

/// The counter's rate against the kernel's CLOCK_MONOTONIC_RAW.
package struct ClockCalibration: Hashable, Sendable {
    package var ticksPerSecond: Double
    /// Half the width of the interval in which the rate certainly lies, as a share of it: the two clocks are read
    /// within a bracket at either end, and the true moment of reading is somewhere inside.
    package var relativeUncertainty: Double

    package init(ticksPerSecond: Double, relativeUncertainty: Double) {
        self.ticksPerSecond = ticksPerSecond
        self.relativeUncertainty = relativeUncertainty
    }

    /// Reads both clocks, sleeps, and reads them again; at either end the reading that took least, of a hundred.
    /// - Parameter seconds: from 0.001 to 60. 50 ms give about a millionth.
    /// - Throws: ``TimingError`` when the clocks cannot be read or contradict themselves.
    package static func measure(seconds: Double = 0.05) throws -> ClockCalibration {
        guard seconds >= 0.001, seconds <= 60 else {
            throw TimingError(.argument, "a calibration takes from 0.001 to 60 seconds, not \(seconds)")
        }
        let first = try moment()
        var pause = timespec(
            tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        var rest = timespec()
        while nanosleep(&pause, &rest) != 0 && errno == EINTR { pause = rest }
        return try ClockCalibration(from: first, to: moment())
    }

    /// One moment on both clocks.
    package struct Moment: Hashable, Sendable {
        package var nanoseconds: UInt64
        package var ticks: Ticks
        /// How long the reading took.
        package var bracket: Ticks

        package init(nanoseconds: UInt64, ticks: Ticks, bracket: Ticks) {
            self.nanoseconds = nanoseconds
            self.ticks = ticks
            self.bracket = bracket
        }
    }

    /// Reads both clocks now.
    package static func moment() throws -> Moment {
        var pair = ts_clock_pair()
        let error = ts_clock_pair_read(&pair, 100)
        guard error == 0 else {
            throw TimingError(.clock, errno: error, "cannot read CLOCK_MONOTONIC_RAW: \(TimingError.text(error))")
        }
        return Moment(
            nanoseconds: pair.nanoseconds, ticks: Ticks(rawValue: pair.ticks), bracket: Ticks(rawValue: pair.bracket))
    }

    /// The rate between two moments.
    package init(from first: Moment, to last: Moment) throws {
        guard last.nanoseconds > first.nanoseconds, last.ticks > first.ticks else {
            throw TimingError(
                .clock, "the counter or CLOCK_MONOTONIC_RAW did not advance; pin the process to one processor and retry"
            )
        }
        let ticks = Double(last.ticks.rawValue - first.ticks.rawValue)
        ticksPerSecond = ticks / Double(last.nanoseconds - first.nanoseconds) * 1e9
        relativeUncertainty = Double(first.bracket.rawValue + last.bracket.rawValue) / 2 / ticks
    }

    package var uncertaintyPartsPerMillion: Double { relativeUncertainty * 1e6 }

    /// By how much the rate that a later calibration found is above this one.
    package func driftPartsPerMillion(to later: ClockCalibration) -> Double {
        (later.ticksPerSecond / ticksPerSecond - 1) * 1e6
    }

    package func nanoseconds(_ ticks: Ticks) -> Double { nanoseconds(ticks: Double(ticks.rawValue)) }

    /// For means of ticks, which are no whole numbers.
    package func nanoseconds(ticks: Double) -> Double { ticks / ticksPerSecond * 1e9 }

    /// The ticks in a span of nanoseconds, to the nearest; 0 for a negative span.
    package func ticks(nanoseconds: Double) -> Ticks {
        Ticks(rawValue: UInt64(max(0, (nanoseconds * ticksPerSecond / 1e9).rounded())))
    }
}
