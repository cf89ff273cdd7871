/// Writes OUCH 5.0 requests at fixed offsets into memory that the caller owns: no text formatting, one store a field.
///
/// | offset | enter `O` (47) | offset | replace `U` (40) | offset | cancel `X` (9) |
/// |---|---|---|---|---|---|
/// | 1 | user reference (4) | 1 | old user reference (4) | 1 | user reference (4) |
/// | 5 | side | 5 | new user reference (4) | 5 | shares to remain (4) |
/// | 6 | shares (4) | 9 | shares (4) | | |
/// | 10 | symbol (8) | 13 | price (8) | | |
/// | 18 | price (8) | 21 | time in force | | |
/// | 26 | time in force, display, capacity, ISO, cross (1 each) | 22 | display, ISO (1 each) | | |
/// | 31 | client order id (14) | 24 | client order id (14) | | |
/// | 45 | appendage length (2), 0 | 38 | appendage length (2), 0 | | |
///
/// Integers are big-endian; prices have four decimals. Source: Nasdaq, *OUCH 5.0* specification.
package enum OuchWriter {
    package static var enterLength: Int { 47 }
    package static var replaceLength: Int { 40 }
    package static var cancelLength: Int { 9 }
    /// The longest request.
    package static var maximumLength: Int { 47 }

    /// `0`: for the day.
    package static var day: UInt8 { UInt8(ascii: "0") }
    /// `3`: immediate or cancel.
    package static var immediateOrCancel: UInt8 { UInt8(ascii: "3") }

    /// - Parameter output: ``enterLength`` writable bytes.
    @inline(__always)  // hot: per order
    package static func enter(
        _ output: UnsafeMutableRawPointer, reference: UInt32, side: Side, shares: UInt32, symbol: StockSymbol,
        price: UInt32, timeInForce: UInt8
    ) {
        store(UInt8(ascii: "O"), output, 0)
        store(reference, output, 1)
        store(side == .bid ? UInt8(ascii: "B") : UInt8(ascii: "S"), output, 5)
        store(shares, output, 6)
        store(symbol.rawValue, output, 10)
        store(UInt64(price), output, 18)
        // Time in force, then displayed, own account, no sweep, no cross.
        store(timeInForce, output, 26)
        store(0x5950_4E4E as UInt32, output, 27)
        storeIdentifier(reference, output, 31)
        store(0 as UInt16, output, 45)
    }

    /// - Parameter output: ``replaceLength`` writable bytes.
    @inline(__always)  // hot: per order
    package static func replace(
        _ output: UnsafeMutableRawPointer, reference: UInt32, newReference: UInt32, shares: UInt32, price: UInt32,
        timeInForce: UInt8
    ) {
        store(UInt8(ascii: "U"), output, 0)
        store(reference, output, 1)
        store(newReference, output, 5)
        store(shares, output, 9)
        store(UInt64(price), output, 13)
        store(timeInForce, output, 21)
        store(0x594E as UInt16, output, 22)
        storeIdentifier(newReference, output, 24)
        store(0 as UInt16, output, 38)
    }

    /// - Parameters:
    ///   - output: ``cancelLength`` writable bytes.
    ///   - remaining: shares that may stay; 0 cancels the order.
    @inline(__always)  // hot: per order
    package static func cancel(_ output: UnsafeMutableRawPointer, reference: UInt32, remaining: UInt32) {
        store(UInt8(ascii: "X"), output, 0)
        store(reference, output, 1)
        store(remaining, output, 5)
    }

    /// The user reference in eight hexadecimal digits, then spaces.
    @inline(__always)
    private static func storeIdentifier(_ reference: UInt32, _ output: UnsafeMutableRawPointer, _ offset: Int) {
        // Each nibble in a byte of its own, then to a digit without a branch: 6 more reach bit 4 from 10 on.
        var spread = UInt64(reference)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        store(spread &+ 0x3030_3030_3030_3030 &+ letters &* 7, output, offset)
        store(0x2020_2020 as UInt32, output, offset + 8)
        store(0x2020 as UInt16, output, offset + 12)
    }

    @inline(__always)
    private static func store<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ value: Integer, _ output: UnsafeMutableRawPointer, _ offset: Int
    ) {
        output.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
    }
}
