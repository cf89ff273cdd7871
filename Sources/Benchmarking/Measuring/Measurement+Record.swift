internal import CycleTiming

extension Measurement {
    /// Has something done before each operation that is timed by itself, outside its time: an input made anew, a cache
    /// line flushed. Only in latency mode, where operations are stamped one by one; after the caches were displaced or
    /// the thread has slept, before an open loop waits for the start.
    public func beforeEach(_ preparation: @escaping () -> Void) { setPreparation(preparation) }

    /// Gives an open loop with ``Arrival/recorded`` the distances between the starts of operations, over and over.
    ///
    /// - Parameter gaps: in any unit: they are scaled to the rate of the open loop. Negative ones and what is no number
    ///   count as 0.
    public func setArrivalGaps(_ gaps: [Double]) { setGaps(gaps) }

    /// Reports a quantity with the result: a working set, a count, a ratio. One value a process; reports show the
    /// median.
    /// - Parameter unit: `bytes`, `ns`, or a word in the plural; empty for a plain number.
    public func record(_ name: String, _ value: Double, unit: String = "") {
        record.quantities.append(BenchmarkRecord.Quantity(name: name, unit: unit, values: [value]))
    }

    /// Reports what the benchmark came to, such as a digest of its final state. It must be the same in all processes:
    /// a benchmark that comes to different things has failed.
    public func record(_ name: String, outcome: String) {
        record.outcomes.append(BenchmarkRecord.Outcome(name: name, text: outcome))
    }

    /// Reports how operations divided into stages.
    public func record(_ timer: borrowing StageTimer) {
        let calibration = try? ClockCalibration.measure(seconds: 0.01)
        record.stages = timer.record(
            ticksPerSecond: calibration?.ticksPerSecond ?? 1e9, tickStep: Double(ClockFacts.detect().stepTicks))
    }
}
