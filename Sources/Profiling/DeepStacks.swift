internal import Glibc
internal import PerfEvents

/// Puts the tails of deep stacks together with the samples that follow them.
///
/// A tail belongs to a sample when it is of the same thread, was written just before it, lies where the sample's stack
/// pointer says, and repeats the last bytes that the sample itself captured.
struct DeepStacks: ~Copyable {
    private struct Tail {
        var tid: Int32 = -1
        var time: UInt64 = 0
        /// Address of the first byte.
        var low: UInt64 = 0
        var count = 0
    }

    /// Nanoseconds between the times of a tail and of its sample. The kernel writes the tail first, though it takes the
    /// time of the sample before: microseconds, unless the machine itself pauses.
    private static let longestGap: UInt64 = 1_000_000
    private static let capacity = Int(StackTail.reach) + 8192

    // One thread at a time: a tail's sample is the thread's next record, and tails of others are rare in between.
    private var tails = [Tail](repeating: Tail(), count: DeepStacks.places)
    private let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: DeepStacks.places * DeepStacks.capacity, alignment: 16)
    private let joined = UnsafeMutableRawBufferPointer.allocate(
        byteCount: DeepStacks.capacity + Int(SampleLayout.maximumStackBytes), alignment: 16)

    /// Tails that can wait at a time: as many as CPUs take samples of deep stacks at once, almost always.
    private static let places = 8

    deinit {
        bytes.deallocate()
        joined.deallocate()
    }

    private static func areClose(_ a: UInt64, _ b: UInt64) -> Bool { (a > b ? a - b : b - a) < longestGap }

    /// Forgets a thread's tail: its sample did not need it.
    // hot: per sample
    mutating func pass(_ tid: Int32) {
        let place = Int(UInt32(bitPattern: tid)) & (Self.places - 1)
        if tails[place].tid == tid { tails[place].tid = -1 }
    }

    /// Keeps a tail until its sample comes.
    // hot: per sample
    mutating func add(_ view: StackTailView) {
        let place = Int(UInt32(bitPattern: view.tid)) & (Self.places - 1)
        let start = place * Self.capacity
        var tail = tails[place]
        let continues =
            tail.tid == view.tid && view.address == tail.low &+ UInt64(tail.count)
            && Self.areClose(view.time, tail.time)
        if !continues { tail = Tail(tid: view.tid, low: view.address) }
        tail.time = view.time
        guard tail.count + view.bytes.count <= Self.capacity else { return }
        UnsafeMutableRawBufferPointer(rebasing: bytes[(start + tail.count)...]).copyMemory(from: view.bytes)
        tail.count += view.bytes.count
        tails[place] = tail
    }

    /// The stack of a sample with its tail; nil when there is none that belongs to it. Valid until the next call.
    // hot: per sample
    mutating func join(_ sample: SampleView, stackPointer: UInt64) -> UnsafeRawBufferPointer? {
        let place = Int(UInt32(bitPattern: sample.tid)) & (Self.places - 1)
        let tail = tails[place]
        guard tail.tid == sample.tid else { return nil }
        tails[place].tid = -1
        let head = sample.stack
        let overlap = stackPointer &+ UInt64(head.count) &- tail.low
        guard Self.areClose(sample.time, tail.time), overlap <= UInt64(head.count), overlap >= 8,
            UInt64(tail.count) > overlap
        else { return nil }
        let start = place * Self.capacity
        let repeated = Int(overlap)
        guard let own = head.baseAddress, let others = bytes.baseAddress,
            memcmp(own + (head.count - repeated), others + start, repeated) == 0
        else { return nil }
        joined.copyMemory(from: head)
        let rest = UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(bytes)[(start + repeated)..<(start + tail.count)])
        UnsafeMutableRawBufferPointer(rebasing: joined[head.count...]).copyMemory(from: rest)
        return UnsafeRawBufferPointer(rebasing: joined[..<(head.count + rest.count)])
    }
}
