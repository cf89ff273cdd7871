/// Punycode (RFC 3492), in which Rust writes identifiers that are not ASCII.
enum Punycode {
    /// Longer identifiers are no one's.
    private static let longest = 1 << 10

    /// Decodes an identifier; the last underscore stands for the hyphen of the RFC.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count <= longest else { return nil }
        var output: [UInt32] = []
        var rest = bytes
        if let delimiter = bytes.lastIndex(of: 0x5F) {
            output = bytes[..<delimiter].map { UInt32($0) }
            rest = bytes[(delimiter + 1)...]
        }
        guard output.allSatisfy({ $0 < 0x80 }) else { return nil }
        var code: UInt64 = 128
        var index: UInt64 = 0
        var bias: UInt64 = 72
        var isFirst = true
        while !rest.isEmpty {
            let before = index
            var weight: UInt64 = 1
            var step: UInt64 = 36
            while true {
                guard let byte = rest.popFirst(), let digit = digit(byte) else { return nil }
                index += digit * weight
                let threshold = step <= bias ? 1 : step >= bias + 26 ? 26 : step - bias
                if digit < threshold { break }
                weight *= 36 - threshold
                guard weight < 1 << 32, index < 1 << 32 else { return nil }
                step += 36
            }
            let length = UInt64(output.count + 1)
            bias = adapt(index - before, length, isFirst)
            isFirst = false
            code += index / length
            index %= length
            guard code <= 0x10FFFF else { return nil }
            output.insert(UInt32(code), at: Int(index))
            index += 1
        }
        var text = String.UnicodeScalarView()
        for number in output {
            guard let scalar = Unicode.Scalar(number) else { return nil }
            text.append(scalar)
        }
        return String(text)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x61...0x7A: UInt64(byte - 0x61)
        case 0x41...0x5A: UInt64(byte - 0x41)
        case 0x30...0x39: UInt64(byte - 0x30 + 26)
        default: nil
        }
    }

    /// RFC 3492, 6.1.
    private static func adapt(_ delta: UInt64, _ count: UInt64, _ isFirst: Bool) -> UInt64 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var result: UInt64 = 0
        while delta > 455 {
            delta /= 35
            result += 36
        }
        return result + 36 * delta / (delta + 38)
    }
}
