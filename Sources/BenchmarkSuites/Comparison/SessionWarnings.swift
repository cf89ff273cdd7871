internal import Benchmarking

internal import FoundationEssentials

/// What about this session makes a comparison weaker.
enum SessionWarnings {
    static func all(_ thread: PlacedThread) -> [BenchmarkWarning] {
        var warnings: [BenchmarkWarning] = []
        if let refusal = thread.refusal {
            warnings.append(
                BenchmarkWarning(
                    "not-pinned",
                    "nothing is pinned to a processor (\(refusal)): intervals are wider than they could be"))
        }
        if !randomizesAddresses {
            warnings.append(
                BenchmarkWarning(
                    "fixed-layout",
                    "addresses are not randomized here (see kernel.randomize_va_space and setarch): a difference may be "
                        + "due to where code happens to lie"))
        }
        return warnings
    }

    /// ADDR_NO_RANDOMIZE of personality(2) is bit 18.
    private static var randomizesAddresses: Bool {
        let system = text("/proc/sys/kernel/randomize_va_space").flatMap { Int($0) } ?? 2
        let personality = text("/proc/self/personality").flatMap { UInt64($0, radix: 16) } ?? 0
        return system > 0 && personality & 0x4_0000 == 0
    }

    private static func text(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8)).map { String($0.prefix { !$0.isWhitespace }) }
    }
}
