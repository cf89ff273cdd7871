/// Puts a framed ITCH stream into MoldUDP64 packets.
package enum MoldWriter {
    /// Payload bytes of the largest packet that Ethernet carries in one frame.
    package static var maximumPayload: Int { 1_480 }

    /// Messages of the same nanosecond share packets, as many as fit; others get one each, like an exchange's own.
    ///
    /// - Parameters:
    ///   - stream: as ``MarketGenerator/generate(_:)`` makes it; read up to the end of the session or a torn message.
    ///   - session: ten ASCII characters; padded with spaces or cut.
    ///   - messagesPerPacket: at most this many together; with `isPacked` always, whatever their times.
    package static func packets(
        _ stream: [UInt8], session: String, firstSequence: UInt64 = 1, messagesPerPacket: Int = 38,
        isPacked: Bool = false
    ) -> [[UInt8]] {
        let name = Array((Array(session.utf8) + Array(repeating: UInt8(ascii: " "), count: 10)).prefix(10))
        var packets: [[UInt8]] = []
        var body: [UInt8] = []
        var count = 0
        var sequence = firstSequence
        var time: ArraySlice<UInt8> = []
        func finish() {
            guard count > 0 else { return }
            packets.append(name + bigEndian(sequence, 8) + bigEndian(UInt64(count), 2) + body)
            sequence += UInt64(count)
            (body, count) = ([], 0)
        }
        var position = 0
        while position + 2 <= stream.count {
            let length = Int(stream[position]) << 8 | Int(stream[position + 1])
            guard length > 0, position + 2 + length <= stream.count else { break }
            let message = stream[position..<position + 2 + length]
            let messageTime = length >= 11 ? message[(position + 7)..<(position + 13)] : []
            let isFull = count == messagesPerPacket || body.count + message.count + 20 > maximumPayload
            if isFull || !isPacked && !messageTime.elementsEqual(time) { finish() }
            body += message
            count += 1
            time = messageTime
            position += 2 + length
        }
        finish()
        return packets
    }

    private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
