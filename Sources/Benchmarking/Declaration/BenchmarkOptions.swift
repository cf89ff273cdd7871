/// One setting of a benchmark.
public struct BenchmarkOption: Sendable {
    let apply: @Sendable (inout BenchmarkOptions) -> Void

    init(_ apply: @escaping @Sendable (inout BenchmarkOptions) -> Void) { self.apply = apply }

    /// Measure each operation on its own: percentiles, and the causes of outliers.
    public static var latency: BenchmarkOption { BenchmarkOption { $0.mode = .latency } }

    /// What one operation handles, to report throughput in.
    public static func throughput(_ units: ThroughputUnit...) -> BenchmarkOption {
        BenchmarkOption { $0.throughputUnits += units }
    }

    /// Words to select benchmarks by.
    public static func tags(_ tags: String...) -> BenchmarkOption { BenchmarkOption { $0.tags += tags } }

    /// A bound that the benchmark must keep.
    public static func budget(_ budget: Budget) -> BenchmarkOption { BenchmarkOption { $0.budgets.append(budget) } }

    /// Operations that each process performs before it measures. Without it, a process measures from its first
    /// operation on, and what belongs to warming up is found in the measurements.
    public static func warmUp(iterations: Int) -> BenchmarkOption {
        BenchmarkOption { $0.warmUpIterations = max(0, iterations) }
    }

    /// Operations that each process measures; without it, as many as its time allows.
    public static func iterations(_ count: Int) -> BenchmarkOption {
        BenchmarkOption { $0.iterations = max(1, count) }
    }

    /// Fresh processes that measure.
    public static func processes(_ count: Int) -> BenchmarkOption { BenchmarkOption { $0.processes = max(1, count) } }

    /// Seconds of measuring, of all processes together.
    public static func seconds(_ seconds: Double) -> BenchmarkOption {
        BenchmarkOption { $0.seconds = seconds > 0 ? seconds : nil }
    }

    /// Evicts data and code from the caches and fills the branch predictor with other things before each operation,
    /// as in a market that was quiet. Implies ``latency``.
    public static var cold: BenchmarkOption {
        BenchmarkOption {
            $0.mode = .latency
            $0.preparation = .cold
        }
    }

    /// Sleeps before each operation: what the first tick after a pause costs. Implies ``latency``.
    public static func afterIdle(microseconds: Double) -> BenchmarkOption {
        BenchmarkOption {
            $0.mode = .latency
            $0.preparation = .idle(microseconds: max(0, microseconds))
        }
    }

    /// Starts operations at a fixed rate, whether or not the one before has ended, and reports the response time from
    /// the intended start, so that waiting counts. Implies ``latency``.
    public static func openLoop(perSecond rate: Double, arrival: Arrival = .regular) -> BenchmarkOption {
        BenchmarkOption {
            $0.mode = .latency
            $0.preparation = .openLoop(perSecond: rate > 0 ? rate : 1, arrival: arrival)
        }
    }

    /// Pins the measuring thread to a CPU.
    public static func cpu(_ index: Int) -> BenchmarkOption { BenchmarkOption { $0.cpu = index } }

    /// Ends a process that takes longer than this.
    public static func timeout(seconds: Double) -> BenchmarkOption {
        BenchmarkOption { $0.timeoutSeconds = seconds > 0 ? seconds : nil }
    }
}

/// How operations of an open loop arrive.
public enum Arrival: String, Codable, Sendable {
    /// At equal distances.
    case regular
    /// At random and independently of each other (exponential distances).
    case poisson
    /// At the distances that the benchmark gives with ``Measurement/setArrivalGaps(_:)``, such as those of a recorded
    /// market: bursts as they were.
    case recorded
}

/// All settings of a benchmark.
package struct BenchmarkOptions: Codable, Hashable, Sendable {
    /// What is done before each operation in latency mode.
    package enum Preparation: Codable, Hashable, Sendable {
        case none
        case cold
        case idle(microseconds: Double)
        case openLoop(perSecond: Double, arrival: Arrival)
    }

    package var mode = BenchmarkMode.throughput
    package var throughputUnits: [ThroughputUnit] = []
    package var tags: [String] = []
    package var budgets: [Budget] = []
    package var warmUpIterations: Int?
    package var iterations: Int?
    package var processes: Int?
    package var seconds: Double?
    package var preparation = Preparation.none
    package var cpu: Int?
    package var timeoutSeconds: Double?

    package init(_ options: [BenchmarkOption] = []) {
        for option in options { option.apply(&self) }
    }
}
