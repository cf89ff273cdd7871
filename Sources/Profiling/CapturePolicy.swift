internal import PerfEvents

/// Decides how many stack bytes each sample of a group of threads captures, from how its stacks come out.
///
/// A stack that breaks off for want of bytes raises the capture to the largest at once; that costs the target more, so it
/// is lowered when stacks come out whole with less: samples are unwound a second time as if they had been captured with
/// the next smaller size, all of them at first and every sixteenth later. A size that was too small once is not tried
/// again.
package struct CapturePolicy {
    /// Captures to choose from, bytes. The smallest holds a leaf and its caller, whose frame pointers lead on where
    /// programs keep them; the last but one is all that a record has room for.
    package static let sizes: [UInt32] = [1024, 4096, 16_384, SampleLayout.maximumStackBytes, StackTail.reach]

    /// Bytes that a CPU's samples may take in a second: at first, and where stacks need it. Memory bandwidth is some
    /// 10 GB/s a core, and a ring of 16 MiB must last for the time between two readings of it.
    private static let initialBandwidth: UInt64 = 100_000_000
    private static let largestBandwidth: UInt64 = 400_000_000

    /// What to begin with: the largest that is cheap, so that no stack is short before its need is known.
    /// - Parameter frequency: samples a second; nil when unknown.
    package static func initialBytes(frequency: UInt64?) -> UInt32 {
        guard let frequency else { return 16_384 }
        return sizes.last { $0 <= SampleLayout.maximumStackBytes && UInt64($0) <= initialBandwidth / max(1, frequency) }
            ?? sizes[0]
    }

    /// The most that a stack can get.
    package static func largestBytes(frequency: UInt64?) -> UInt32 {
        guard let frequency else { return sizes[sizes.count - 1] }
        return sizes.last { UInt64($0) <= largestBandwidth / max(1, frequency) } ?? sizes[0]
    }

    /// One sample in so many is tried with the next smaller capture, once a trial has failed.
    private static let trialInterval = 16
    /// Trials that must all succeed before the capture is lowered.
    private static let trialsNeeded = 128
    /// Samples without a trial after one that failed.
    private static let trialPause = 4096
    /// Share of stacks that may be short, one in so many.
    private static let tolerated = 200

    package private(set) var level: Int
    private let highest: Int
    private var floor = 0
    private var samples = 0
    private var short = 0
    private var trials = 0
    private var untilTrial = 1
    private var interval = 1

    /// - Parameters:
    ///   - bytes: what the recording begins with.
    ///   - largest: what can be captured here.
    package init(startingWith bytes: UInt32, largest: UInt32) {
        level = Self.sizes.lastIndex { $0 <= bytes } ?? 0
        highest = Self.sizes.lastIndex { $0 <= largest } ?? 0
    }

    /// Whether the stacks are so deep that what a record holds may not do for the next one.
    package var isDeep: Bool { Self.sizes[level] >= SampleLayout.maximumStackBytes }

    package enum Decision: Equatable {
        case stay
        /// Unwind this sample once more, with so many bytes, and report to ``didTry(isComplete:)``.
        case tryBytes(UInt32)
        case change(UInt32)
    }

    /// Takes note of one sample.
    /// - Parameter isShort: its stack goes on beyond the captured bytes.
    // hot: per sample
    package mutating func note(isShort: Bool) -> Decision {
        samples += 1
        if isShort {
            short += 1
            trials = 0
            interval = Self.trialInterval
            untilTrial = Self.trialPause
            guard level < highest, short * Self.tolerated > samples else { return .stay }
            floor = level + 1
            level = highest
            samples = 0
            short = 0
            return .change(Self.sizes[level])
        }
        untilTrial -= 1
        guard untilTrial <= 0, level > floor else { return .stay }
        untilTrial = interval
        return .tryBytes(Self.sizes[level - 1])
    }

    /// Takes note of how a trial came out.
    package mutating func didTry(isComplete: Bool) -> Decision {
        guard isComplete else {
            trials = 0
            interval = Self.trialInterval
            untilTrial = Self.trialPause
            return .stay
        }
        trials += 1
        guard trials >= Self.trialsNeeded else { return .stay }
        trials = 0
        level -= 1
        samples = 0
        short = 0
        return .change(Self.sizes[level])
    }
}
