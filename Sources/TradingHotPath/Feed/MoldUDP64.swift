/// One MoldUDP64 packet where it lies: a header of 20 bytes, then the messages it announces.
///
/// ```
/// byte  0            10                18       20
///       session (10) sequence (8)      count    { length (2), message } × count
/// ```
///
/// All integers are big-endian. Count 0 is a heartbeat and 0xFFFF the end of the session; in both, `sequence` is the
/// number of the message that comes next. Source: Nasdaq, *MoldUDP64 Protocol Specification*, version 1.00.
@usableFromInline
package struct MoldPacket {
    package static var headerLength: Int { 20 }
    @usableFromInline static var endOfSession: Int { 0xFFFF }

    @usableFromInline let bytes: UnsafeRawBufferPointer

    /// - Returns: nil when the bytes are fewer than a header.
    @inlinable
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 20 else { return nil }
        self.bytes = bytes
    }

    @inlinable @inline(__always) var base: UnsafeRawPointer { bytes.baseAddress.unsafelyUnwrapped }

    /// Ten characters, as two integers: the first eight and the last two.
    @inlinable
    package var session: MoldSession {
        MoldSession(head: base.bigEndianUInt64(at: 0), tail: base.bigEndianUInt16(at: 8))
    }
    /// Number of the first message, or of the next one to come.
    @inlinable
    package var sequence: UInt64 { base.bigEndianUInt64(at: 10) }
    /// Messages announced; ``endOfSession`` announces none.
    @inlinable
    package var count: Int { Int(base.bigEndianUInt16(at: 18)) }
    @inlinable
    package var isEndOfSession: Bool { count == Self.endOfSession }
    @inlinable
    package var isHeartbeat: Bool { count == 0 }
}

/// The name of a day's stream of one channel.
@usableFromInline
package struct MoldSession: Equatable, Sendable {
    @usableFromInline package var head: UInt64
    @usableFromInline package var tail: UInt16

    @inlinable
    package init(head: UInt64, tail: UInt16) {
        self.head = head
        self.tail = tail
    }
}

/// What a ``MoldReceiver`` saw of one channel.
@usableFromInline
package struct MoldCounts: Equatable, Sendable {
    package var packets: UInt64 = 0
    package var heartbeats: UInt64 = 0
    /// Messages handed on, each once.
    package var messages: UInt64 = 0
    /// Messages that had been seen already, on the other line or again on the same.
    package var duplicates: UInt64 = 0
    /// Times the sequence jumped ahead, and the messages that never came.
    package var gaps: UInt64 = 0
    package var missing: UInt64 = 0
    /// Packets without a whole header, of another session, or whose messages end before or after the announced count.
    package var malformedPackets: UInt64 = 0
    package var unknownTypes: UInt64 = 0
    package var malformed: UInt64 = 0

    @usableFromInline
    package init() {}
}

/// Puts one sequence of messages together from packets of one or several lines (A and B) that carry the same stream.
///
/// Whichever line brings a message first wins; later copies are counted and dropped. When the next packet on hand
/// begins beyond the expected number, messages are missing: the receiver reports a gap and waits until
/// ``acceptGap()``, so that the other line can fill it. Packets that come while it waits are not kept: the caller holds
/// them, or asks for them again.
package struct MoldReceiver: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// New messages were handed on, or there were none to hand on.
        case delivered
        /// All of it had been seen.
        case duplicate
        /// Messages from `from` up to but not including `to` are missing; the packet was not read.
        case gap(from: UInt64, to: UInt64)
        case malformed
        case endOfSession
    }

    /// Number of the next message; 0 before the first packet.
    package private(set) var expected: UInt64 = 0
    package private(set) var session: MoldSession?
    package private(set) var counts = MoldCounts()
    /// The gap that is being waited for, if any: its end.
    package private(set) var gapEnd: UInt64?

    package init() {}

    /// Hands the packet's new messages to a handler, in order.
    package mutating func receive<Handler: ITCHHandler & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, into handler: inout Handler
    ) -> Outcome {
        guard let packet = MoldPacket(bytes), session == nil || session == packet.session else {
            counts.malformedPackets &+= 1
            return .malformed
        }
        let sequence = packet.sequence
        if session == nil {
            session = packet.session
            expected = max(sequence, 1)
        }
        counts.packets &+= 1
        if sequence > expected {
            if gapEnd == nil { counts.gaps &+= 1 }
            gapEnd = min(gapEnd ?? .max, sequence)
            return .gap(from: expected, to: sequence)
        }
        if packet.isEndOfSession { return .endOfSession }
        if packet.isHeartbeat {
            counts.heartbeats &+= 1
            return .delivered
        }
        return deliver(packet, sequence, into: &handler)
    }

    /// Gives up on the missing messages: what follows is read again. Whoever keeps books must treat them as stale.
    package mutating func acceptGap() {
        guard let end = gapEnd else { return }
        counts.missing &+= end &- expected
        expected = end
        gapEnd = nil
    }

    private mutating func deliver<Handler: ITCHHandler & ~Copyable>(
        _ packet: MoldPacket, _ first: UInt64, into handler: inout Handler
    ) -> Outcome {
        let bytes = packet.bytes
        let base = packet.base
        var position = MoldPacket.headerLength
        var sequence = first
        let start = expected
        for _ in 0..<packet.count {
            guard bytes.count - position >= 2 else { break }
            let length = Int(base.bigEndianUInt16(at: position))
            guard bytes.count - position - 2 >= length else { break }
            if sequence < start {
                counts.duplicates &+= 1
            } else {
                handle(base + position + 2, length, into: &handler)
                expected = sequence &+ 1
            }
            position += 2 + length
            sequence &+= 1
        }
        if let end = gapEnd, expected >= end { gapEnd = nil }
        if sequence &- first != UInt64(packet.count) || position != bytes.count {
            counts.malformedPackets &+= 1
            return .malformed
        }
        return expected > start ? .delivered : .duplicate
    }

    private mutating func handle<Handler: ITCHHandler & ~Copyable>(
        _ message: UnsafeRawPointer, _ length: Int, into handler: inout Handler
    ) {
        guard length > 0 else {
            counts.malformed &+= 1
            return
        }
        switch decodeMessage(message, length: length, into: &handler) {
        case .handled: counts.messages &+= 1
        case .unknownType: counts.unknownTypes &+= 1
        case .malformed: counts.malformed &+= 1
        }
    }
}
