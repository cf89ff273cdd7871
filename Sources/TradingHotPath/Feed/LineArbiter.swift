/// What a ``LineArbiter`` did beyond what its receiver counts.
package struct ArbiterCounts: Equatable, Sendable {
    /// Packets kept because messages before theirs were missing.
    package var held: UInt64 = 0
    /// Packets that came too early when nothing more could be kept, or that are longer than a slot: not read.
    package var notHeld: UInt64 = 0
    /// Gaps given up because waiting had taken too long or nothing more could be kept.
    package var abandonedGaps: UInt64 = 0

    package init() {}
}

/// Two lines (A and B) that carry the same MoldUDP64 stream, as one sequence of messages.
///
/// Whichever line brings a message first wins. When a packet is missing on one line, what comes after it is kept until
/// the other line has brought it; when that takes longer than `patience`, or more than ``slots`` packets wait, the gap
/// is given up, and the caller must treat its books as stale. Nothing is allocated after start.
package struct LineArbiter: ~Copyable {
    package enum Outcome: Equatable, Sendable {
        case read
        /// Messages that will not come any more.
        case lost(from: UInt64, to: UInt64)
    }

    /// Packets that can wait at once.
    package static var slots: Int { 256 }
    /// Bytes of the longest packet that can wait.
    package static var slotBytes: Int { 2_048 }

    package private(set) var receiver = MoldReceiver()
    package private(set) var counts = ArbiterCounts()
    private let patience: UInt64
    private let memory: Table<UInt8>
    private let lengths: Table<Int>
    private var heldCount = 0
    private var waitingSince: UInt64 = 0

    /// - Parameter patience: nanoseconds that a gap may stay open.
    package init(patience: UInt64) {
        self.patience = patience
        memory = Table(count: Self.slots * Self.slotBytes, prefault: true)
        lengths = Table(count: Self.slots, filledWith: 0)
    }

    /// A new day's stream: begins anew, with all counts at zero.
    package mutating func beginSession() {
        receiver = MoldReceiver()
        counts = ArbiterCounts()
        heldCount = 0
    }

    /// Packets that wait for a gap to be filled.
    package var waiting: Int { heldCount }

    /// Takes one packet of either line.
    ///
    /// - Parameter time: when it arrived, nanoseconds on any clock that does not go backward.
    package mutating func receive<Handler: ITCHHandler & ~Copyable>(
        _ packet: UnsafeRawBufferPointer, at time: UInt64, into handler: inout Handler
    ) -> Outcome {
        var outcome = Outcome.read
        if heldCount > 0, time &- waitingSince > patience { outcome = giveUp(into: &handler) }
        let before = receiver.expected
        if case .gap = receiver.receive(packet, into: &handler) {
            if heldCount == Self.slots { outcome = giveUp(into: &handler) }
            // What was waiting may have been all that was missing.
            if case .gap = receiver.receive(packet, into: &handler) { hold(packet, time) }
        }
        if heldCount > 0, receiver.expected != before { release(into: &handler) }
        return outcome
    }

    private mutating func hold(_ packet: UnsafeRawBufferPointer, _ time: UInt64) {
        guard packet.count <= Self.slotBytes, let base = packet.baseAddress else {
            counts.notHeld &+= 1
            return
        }
        if heldCount == 0 { waitingSince = time }
        (memory.elements + heldCount * Self.slotBytes).update(
            from: base.assumingMemoryBound(to: UInt8.self), count: packet.count)
        lengths[UInt32(heldCount)] = packet.count
        heldCount += 1
        counts.held &+= 1
    }

    /// Reads what waits, as far as it follows; the rest waits on, in the order in which it came.
    private mutating func release<Handler: ITCHHandler & ~Copyable>(into handler: inout Handler) {
        var hasProgress = true
        while hasProgress && heldCount > 0 {
            hasProgress = false
            var kept = 0
            for slot in 0..<heldCount {
                let bytes = UnsafeRawBufferPointer(
                    start: memory.elements + slot * Self.slotBytes, count: lengths[UInt32(slot)])
                if case .gap = receiver.receive(bytes, into: &handler) {
                    if kept != slot {
                        (memory.elements + kept * Self.slotBytes).update(
                            from: memory.elements + slot * Self.slotBytes, count: bytes.count)
                        lengths[UInt32(kept)] = bytes.count
                    }
                    kept += 1
                } else {
                    hasProgress = true
                }
            }
            heldCount = kept
        }
    }

    private mutating func giveUp<Handler: ITCHHandler & ~Copyable>(into handler: inout Handler) -> Outcome {
        guard let end = receiver.gapEnd else { return .read }
        let from = receiver.expected
        receiver.acceptGap()
        counts.abandonedGaps &+= 1
        release(into: &handler)
        return .lost(from: from, to: end)
    }
}
