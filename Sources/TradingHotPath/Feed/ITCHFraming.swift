/// What a framed stream held, counted in messages and bytes.
@usableFromInline
package struct FramingCounts: Equatable, Sendable {
    /// Messages of a known type and length.
    @usableFromInline
    package var messages: UInt64 = 0
    /// Messages of a type outside the table, skipped by their length.
    @usableFromInline
    package var unknownTypes: UInt64 = 0
    /// Messages of a known type with a wrong length, skipped by their length.
    @usableFromInline
    package var malformed: UInt64 = 0
    /// Bytes after the last whole message, when the input ended inside one.
    @usableFromInline
    package var tornBytes: UInt64 = 0
    /// A zero length ended the session.
    @usableFromInline
    package var sessionEnded = false

    @inlinable
    package init() {}

    @inlinable
    package static func += (sum: inout FramingCounts, more: FramingCounts) {
        sum.messages += more.messages
        sum.unknownTypes += more.unknownTypes
        sum.malformed += more.malformed
        sum.tornBytes += more.tornBytes
        sum.sessionEnded = sum.sessionEnded || more.sessionEnded
    }
}

/// Reads a stream of {length (2, big-endian), message} as Nasdaq's daily files repeat it, a block at a time.
///
/// ```
/// 00 0C  53 …(12 bytes)   00 24  41 …(36 bytes)   …   00 00      ← a zero length ends the session
/// ```
///
/// The prefix is trusted for the position of the next message and for nothing else: every byte is hostile, and no
/// message is read past its own length or past the end of the stream.
@usableFromInline
package struct ITCHStreamReader {
    @usableFromInline
    package let stream: UnsafeRawBufferPointer
    /// Offset of the next length prefix, in bytes.
    @usableFromInline
    package internal(set) var position = 0
    @usableFromInline
    package internal(set) var counts = FramingCounts()
    /// No whole message is left.
    @usableFromInline
    package internal(set) var isAtEnd = false

    /// - Parameter stream: must outlive the reader.
    @inlinable
    package init(_ stream: UnsafeRawBufferPointer) { self.stream = stream }

    /// Decodes the messages that begin in the next `limit` bytes.
    ///
    /// A caller that has to look at a flag now and then reads in blocks; the messages handled are the same.
    @inlinable
    @inline(__always)
    package mutating func read<Handler: ITCHHandler & ~Copyable>(
        upTo limit: Int = .max, into handler: inout Handler
    ) {
        guard !isAtEnd, let base = stream.baseAddress else {
            isAtEnd = true
            return
        }
        let remaining = stream.count - position
        let block = frame(base + position, remaining, limit: min(limit, remaining), into: &handler)
        position += block.consumed
        counts += block.counts
        isAtEnd = block.counts.sessionEnded || block.isStuck
    }
}

/// The result of one block, small enough to come back in registers and one stack slot.
@usableFromInline
struct FramedBlock {
    @usableFromInline var consumed: Int
    @usableFromInline var counts: FramingCounts
    /// Fewer bytes are left than one whole message.
    @usableFromInline var isStuck: Bool

    @inlinable
    @inline(__always)
    init() {
        consumed = 0
        counts = FramingCounts()
        isStuck = false
    }
}

/// The framing loop: walks the length prefixes of `count` readable bytes until a message begins at or after `limit`.
@inlinable
@inline(__always)  // hot: per message
func frame<Handler: ITCHHandler & ~Copyable>(
    _ base: UnsafeRawPointer, _ count: Int, limit: Int, into handler: inout Handler
) -> FramedBlock {
    var position = 0
    var block = FramedBlock()
    while position < limit {
        let left = count &- position
        guard left >= 2 else {
            block.isStuck = true
            break
        }
        let length = Int(base.bigEndianUInt16(at: position))
        guard length > 0 else {
            block.counts.sessionEnded = true
            position &+= 2
            break
        }
        guard left >= 2 &+ length else {
            block.isStuck = true
            break
        }
        switch decodeMessage(base + (position &+ 2), length: length, into: &handler) {
        case .handled: block.counts.messages &+= 1
        case .unknownType: block.counts.unknownTypes &+= 1
        case .malformed: block.counts.malformed &+= 1
        }
        position &+= 2 &+ length
    }
    if block.isStuck { block.counts.tornBytes = UInt64(count &- position) }
    block.consumed = position
    block.isStuck = block.isStuck || position == count
    return block
}
