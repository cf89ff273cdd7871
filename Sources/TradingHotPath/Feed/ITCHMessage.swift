/// A view of one Nasdaq TotalView-ITCH 5.0 message where it lies in the input; nothing is copied or allocated.
///
/// The decoder makes a view only over ``length`` readable bytes, and the view is valid only during the handler's
/// call: keep values, never views. A field costs one load when it is asked for, and nothing otherwise.
///
/// ```
/// byte  0     1        3          5              11
///       type  locate   tracking   timestamp (6)  body …
/// ```
///
/// Integers are unsigned and big-endian. Text is left-justified and padded with spaces. A price is in 1/10,000 of a
/// dollar, or in 1/100,000,000 where the message says so.
/// Source: *Nasdaq TotalView-ITCH 5.0* specification.
@usableFromInline
package protocol ITCHMessage {
    /// The first byte of the message.
    static var type: UInt8 { get }
    /// Bytes of the message, without the 2-byte length in front of it.
    static var length: Int { get }

    var bytes: UnsafeRawPointer { get }
    init(unchecked bytes: UnsafeRawPointer)
}

extension ITCHMessage {
    /// Index of the instrument for this day; 0 when the message concerns none.
    @inlinable
    @inline(__always)
    package var locate: UInt16 { bytes.bigEndianUInt16(at: 1) }
    @inlinable
    @inline(__always)
    package var trackingNumber: UInt16 { bytes.bigEndianUInt16(at: 3) }
    @inlinable
    @inline(__always)
    package var nanosecondsSinceMidnight: UInt64 { bytes.bigEndianUInt48(at: 5) }
}

/// Eight characters of an instrument's name, left-justified and padded with spaces, in one integer.
@usableFromInline
package struct StockSymbol: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The first character is in the highest byte, so that integers order as the names do.
    @usableFromInline
    package var rawValue: UInt64

    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The name without its padding; characters outside ASCII are shown as `?`.
    @usableFromInline
    package var description: String {
        var characters = (0..<8).map { UInt8(truncatingIfNeeded: rawValue >> (56 - 8 * UInt64($0))) }
        while characters.last == UInt8(ascii: " ") { characters.removeLast() }
        return String(decoding: characters.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
