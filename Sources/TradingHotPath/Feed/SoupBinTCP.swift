/// One SoupBinTCP packet in a byte stream: length (2, big-endian, of type and payload), type (1), payload.
///
/// Source: Nasdaq, *SoupBinTCP*, version 4.00.
package enum SoupPacket: Equatable, Sendable {
    /// `S`: one message of the sequenced stream, at a range of the input.
    case sequenced(Range<Int>)
    /// `U`: a message outside the sequence.
    case unsequenced(Range<Int>)
    /// `H` of the server, `R` of the client.
    case heartbeat
    /// `A`: the number of the first sequenced message to come; nil when the text is not a number.
    case loginAccepted(nextSequence: UInt64?)
    /// `J`, with `A` for not authorized and `S` for no such session.
    case loginRejected(UInt8)
    case endOfSession
    /// `L`, `O` and `+`: nothing that a receiver acts on.
    case other(UInt8)
}

/// Cuts a TCP stream into SoupBinTCP packets and counts the sequenced messages, whose numbers are implicit.
package struct SoupReader: Sendable {
    /// Number of the next sequenced message, once the login was accepted.
    package private(set) var nextSequence: UInt64 = 1
    package private(set) var packets: UInt64 = 0
    /// Packets of a type outside the table or of a wrong length, skipped by their length.
    package private(set) var malformed: UInt64 = 0
    package private(set) var isEnded = false

    package init() {}

    /// The whole packets at the front of `bytes`.
    ///
    /// - Parameter body: gets each packet; ranges are positions in `bytes`.
    /// - Returns: bytes read; the rest is the beginning of a packet, to be handed in again with what follows it.
    package mutating func read(_ bytes: UnsafeRawBufferPointer, _ body: (SoupPacket) -> Void) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var position = 0
        while bytes.count - position >= 2 {
            let length = Int(UnsafeRawPointer(base).bigEndianUInt16(at: position))
            guard bytes.count - position - 2 >= length else { break }
            let payload = (position + 3)..<max(position + 3, position + 2 + length)
            position += 2 + length
            if length > 0, let packet = packet(bytes[payload.lowerBound - 1], payload, bytes) {
                packets &+= 1
                if case .sequenced = packet { nextSequence &+= 1 }
                if case .loginAccepted(let sequence?) = packet { nextSequence = sequence }
                if packet == .endOfSession { isEnded = true }
                body(packet)
            } else {
                malformed &+= 1
            }
        }
        return position
    }

    private func packet(_ type: UInt8, _ payload: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> SoupPacket? {
        switch type {
        case UInt8(ascii: "S"): return .sequenced(payload)
        case UInt8(ascii: "U"): return .unsequenced(payload)
        case UInt8(ascii: "H"), UInt8(ascii: "R"): return payload.isEmpty ? .heartbeat : nil
        case UInt8(ascii: "A"):
            guard payload.count == 30 else { return nil }
            return .loginAccepted(nextSequence: number(bytes[payload.dropFirst(10)]))
        case UInt8(ascii: "J"): return payload.count == 1 ? .loginRejected(bytes[payload.lowerBound]) : nil
        case UInt8(ascii: "Z"): return .endOfSession
        case UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "+"): return .other(type)
        default: return nil
        }
    }

    /// A number in ASCII, right-justified in spaces.
    private func number(_ text: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var value: UInt64 = 0
        var hasDigits = false
        for character in text {
            if character == UInt8(ascii: " "), !hasDigits { continue }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isCarried) = product.addingReportingOverflow(UInt64(character - UInt8(ascii: "0")))
            guard !isTooLarge, !isCarried else { return nil }
            value = sum
            hasDigits = true
        }
        return hasDigits ? value : nil
    }
}
