internal import Benchmarking
internal import BenchmarkSuites

/// Whether numbers of two runs may be compared: they come from machines of the same kind.
///
/// Compared are the processor, how many of it, the hypervisor and the clock, as far as both say. Names of hosts and
/// versions of kernels differ between machines that measure alike, so they are told and do not refuse.
struct MachineMatch: Sendable {
    /// What makes the machines different ones, for people; empty when they are alike.
    let differences: [String]
    let warnings: [String]

    init(_ a: MachineFingerprint, _ b: MachineFingerprint) {
        var differences: [String] = []
        var warnings: [String] = []
        func compare(_ word: String, _ a: String, _ b: String) {
            if !a.isEmpty, !b.isEmpty, a != b {
                differences.append("\(word) \(PlainText.of(a, limit: 60)), now \(PlainText.of(b, limit: 60))")
            }
        }
        compare("architecture", a.architecture, b.architecture)
        compare("processor", a.processor, b.processor)
        if a.processor == b.processor { compare("processor", a.processorName, b.processorName) }
        if a.logicalCPUs > 0, b.logicalCPUs > 0, a.logicalCPUs != b.logicalCPUs {
            differences.append("\(a.logicalCPUs) CPUs, now \(b.logicalCPUs)")
        }
        let isKnown = !a.processor.isEmpty && !b.processor.isEmpty
        if isKnown { compare("hypervisor", a.hypervisor ?? "none", b.hypervisor ?? "none") }
        if a.ticksPerSecond > 0, b.ticksPerSecond > 0, abs(a.ticksPerSecond / b.ticksPerSecond - 1) > 0.01 {
            differences.append("a clock of \(Self.mega(a.ticksPerSecond)) MHz, now \(Self.mega(b.ticksPerSecond)) MHz")
        }
        if let one = a.readsCycleCounter, let other = b.readsCycleCounter, one != other {
            differences.append("cycles \(one ? "counted" : "estimated"), now \(other ? "counted" : "estimated")")
        }
        if !isKnown { warnings.append("not both runs say which machine they come from: taken for the same") }
        if !a.hostname.isEmpty, !b.hostname.isEmpty, a.hostname != b.hostname {
            warnings.append(
                "another host of the same kind: \(PlainText.of(a.hostname)), now \(PlainText.of(b.hostname))")
        }
        if !a.kernel.isEmpty, !b.kernel.isEmpty, a.kernel != b.kernel {
            warnings.append("another kernel: \(PlainText.of(a.kernel)), now \(PlainText.of(b.kernel))")
        }
        self.differences = differences
        self.warnings = warnings
    }

    private static func mega(_ rate: Double) -> Int { Int(min(rate / 1e6, 1e9).rounded()) }
}
