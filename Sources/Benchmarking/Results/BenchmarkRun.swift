/// What one run of benchmarks found: what a result file holds, what every report, budget and comparison starts from.
///
/// Stored as JSON; see `docs/benchmark-results.md`. A reader accepts its own ``schemaVersion`` and older ones.
package struct BenchmarkRun: Codable, Hashable, Sendable {
    /// The version of the JSON that this tool writes.
    package static let schemaVersion = 1

    package var schemaVersion = BenchmarkRun.schemaVersion
    /// Who measured, such as `tickscope 0.1.0`; for imported results the other harness.
    package var tool: String
    /// Nanoseconds since 1970.
    package var startedAtNanoseconds: Int64
    package var durationNanoseconds: Int64
    package var machine: MachineFingerprint
    package var results: [BenchmarkResult]
    /// What was measured, where it is known.
    package var programs: [MeasuredProgram]?

    package init(
        tool: String, startedAtNanoseconds: Int64, durationNanoseconds: Int64, machine: MachineFingerprint,
        results: [BenchmarkResult]
    ) {
        self.tool = tool
        self.startedAtNanoseconds = startedAtNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.machine = machine
        self.results = results
    }

    /// The results of both, as one run of the first machine.
    package func adding(_ other: BenchmarkRun) -> BenchmarkRun {
        var sum = self
        sum.results += other.results
        sum.durationNanoseconds += other.durationNanoseconds
        for program in other.programs ?? [] where !(sum.programs ?? []).contains(program) {
            sum.programs = (sum.programs ?? []) + [program]
        }
        return sum
    }

    /// Whether any benchmark could not be measured.
    package var hasFailures: Bool { results.contains { $0.failure != nil } }
}

/// An executable whose benchmarks were measured.
package struct MeasuredProgram: Codable, Hashable, Sendable {
    /// File name without its folder.
    package var name: String
    /// Of the linker, in hexadecimal; nil for a file that has none, such as a script.
    package var buildID: String?

    package init(name: String, buildID: String?) {
        self.name = name
        self.buildID = buildID
    }
}

/// The machine that numbers come from, as far as it decides whether two of them may be compared.
package struct MachineFingerprint: Codable, Hashable, Sendable {
    package var hostname: String
    package var architecture: String
    /// Vendor, family and model of the processor, such as `AuthenticAMD 25/17`, and what it calls itself.
    package var processor: String
    package var processorName: String
    package var logicalCPUs: Int
    /// Name of the hypervisor; nil on bare metal.
    package var hypervisor: String?
    package var kernel: String
    /// Ticks of the time stamp counter per second, and the steps in which it advances.
    package var ticksPerSecond: Double
    package var tickStep: Double
    /// Core cycles per tick while the run lasted, the median; nil when they could not be told.
    package var coreCyclesPerTick: Double?
    /// Whether the processor's own counters count here.
    package var hasHardwareCounters: Bool
    /// Whether user mode reads the cycle counter here, so that core cycles are counted and not told by a chain of
    /// additions; nil when it is not known.
    package var readsCycleCounter: Bool?
    /// What `doctor` made of the machine, `A` to `D`; nil when it was not asked.
    package var grade: String?
    /// The finding that lowers the grade most, one line; nil when none does.
    package var gradeReason: String?
    /// How long before the run the machine was examined, seconds.
    package var gradeAgeSeconds: Double?
    /// The smallest difference between two costs, as a share, that a second of measuring resolves.
    package var resolvableDifference: Double?

    package init(
        hostname: String, architecture: String, processor: String, processorName: String, logicalCPUs: Int,
        hypervisor: String?, kernel: String, ticksPerSecond: Double, tickStep: Double, coreCyclesPerTick: Double?,
        hasHardwareCounters: Bool, grade: String?
    ) {
        self.hostname = hostname
        self.architecture = architecture
        self.processor = processor
        self.processorName = processorName
        self.logicalCPUs = logicalCPUs
        self.hypervisor = hypervisor
        self.kernel = kernel
        self.ticksPerSecond = ticksPerSecond
        self.tickStep = tickStep
        self.coreCyclesPerTick = coreCyclesPerTick
        self.hasHardwareCounters = hasHardwareCounters
        self.grade = grade
    }
}
