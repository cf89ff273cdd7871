internal import CCycles
internal import Glibc

/// The processors that the calling thread may run on.
package struct ProcessorAffinity: Hashable, Sendable {
    /// Processor numbers, ascending.
    package let processors: [Int]

    package init(processors: [Int]) { self.processors = processors.sorted() }

    /// Words of 64 processors that the kernel is asked about: 8192 processors, the most a Linux kernel is built for.
    private static let wordCount = 128

    /// Reads the calling thread's affinity.
    package static func current() throws -> ProcessorAffinity {
        var words = [UInt64](repeating: 0, count: wordCount)
        let error = ts_affinity_read(&words, words.count)
        guard error == 0 else {
            throw TimingError(.refused, errno: error, "cannot read the affinity: \(TimingError.text(error))")
        }
        return ProcessorAffinity(
            processors: (0..<wordCount * 64).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 })
    }

    /// Makes the calling thread run on these processors alone; it does so when this returns.
    package func apply() throws {
        var words = [UInt64](repeating: 0, count: Self.wordCount)
        for processor in processors {
            guard processor >= 0, processor < Self.wordCount * 64 else {
                throw TimingError(.argument, "there is no processor \(processor)")
            }
            words[processor / 64] |= 1 << UInt64(processor % 64)
        }
        let error = ts_affinity_write(words, words.count)
        guard error == 0 else {
            throw TimingError(
                .refused, errno: error,
                "cannot run on processor \(processors.map(String.init).joined(separator: ", ")):"
                    + " \(TimingError.text(error)); choose among those that 'taskset -p $$' shows")
        }
    }

    /// The processor that the calling thread runs on at this moment.
    package static var currentProcessor: Int? {
        let processor = ts_current_processor()
        return processor < 0 ? nil : Int(processor)
    }
}
