package import PerfEvents

/// Receives the records of all rings in time order.
package protocol RecordHandler: ~Copyable {
    /// A record that is not a sample, or a sample; its bytes are valid during the call only.
    mutating func handle(kind: RecordHeader, bytes: UnsafeRawBufferPointer, time: UInt64)
}

/// Merges the records of several rings into one order of time, without copying or storing any.
///
/// Invariant: when a round starts, every record older than the start of the *previous* round has been written, because
/// writing a record takes far less than a round. So each round looks once at every ring, then hands on, oldest first,
/// what is older than the previous round's start; the rest waits in its ring. A record that still comes late is handed
/// on and counted.
package struct RecordMerger {
    private var heap = MinimumHeap()
    private var previousRound: UInt64 = 0
    private var lastTime: UInt64 = 0
    /// Records older than one handed on before.
    package private(set) var lateCount = 0

    package init() {}

    /// Hands on what has become safe to hand on.
    /// - Parameter isFinal: everything is written; nothing waits.
    package mutating func round(
        _ set: RingSet, isFinal: Bool = false, into handler: inout some RecordHandler & ~Copyable
    ) {
        let now = MonotonicClock.now()
        let limit = isFinal ? UInt64.max : previousRound
        previousRound = now
        let rings = set.rings
        heap.removeAll()
        heap.reserve(rings.count)
        for index in rings.indices {
            rings[index].refresh()
            if let time = Self.frontTime(&rings[index]) {
                heap.insert(MinimumHeap.Element(key: time, value: Int32(index)))
            }
        }
        // hot: per record
        while let first = heap.first, first.key < limit || limit == .max {
            let index = Int(first.value)
            guard let (header, bytes) = rings[index].peek() else {
                heap.removeFirst()
                continue
            }
            if first.key < lastTime { lateCount += 1 } else { lastTime = first.key }
            handler.handle(kind: header, bytes: bytes, time: first.key)
            rings[index].advance(header)
            rings[index].release()
            if let time = Self.frontTime(&rings[index]) {
                heap.replaceFirst(key: time)
            } else {
                heap.removeFirst()
            }
        }
    }

    /// The time of a ring's first record; records without one are as old as can be.
    private static func frontTime(_ ring: inout RingBuffer) -> UInt64? {
        guard let (header, bytes) = ring.peek() else { return nil }
        return RecordDecoder.time(of: bytes, kind: header.kind) ?? 0
    }
}
