internal import ProfileModel

/// Reads stacks from text lines in one pass over the bytes.
///
/// Files are mostly sorted, so a line usually begins like the one before it: the frames that lie wholly within the
/// common beginning are not looked up again.
struct CollapsedDecoder {
    private var builder = ProfileBuilder(sampleTypes: [.samples])
    private var names = NameTable()
    /// Frame of each name in ``names``.
    private var frames: [FrameID] = []
    /// The line before: where its stack text lies, and for each frame where it ends and the stack up to it.
    private var previous = 0..<0
    private var path: [(end: Int, stack: StackTable.ID)] = []

    mutating func decode(_ bytes: [UInt8]) throws -> Profile {
        let labels = builder.intern(LabelSet())
        var differentialLine: Int?
        var plainLine: Int?
        var number = 0
        var start = 0
        // UTF-8's byte order mark, which some editors add.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        try bytes.withUnsafeBufferPointer { bytes in
            while start < bytes.count {
                number += 1
                let end = Self.endOfLine(in: bytes, from: start)
                defer { start = end + 1 }
                let line = Self.trimmingEnd(bytes, start..<end)
                if line.isEmpty { continue }
                let (stackText, count) = try Self.split(bytes, line, number: number)
                let stack = try self.stack(bytes, stackText, number: number)
                builder.add(stack: stack, labelSet: labels, values: [count])
                if plainLine == nil {
                    if Self.endsInNumber(bytes, stackText) {
                        differentialLine = differentialLine ?? number
                    } else {
                        plainLine = number
                    }
                }
            }
        }
        if plainLine == nil, let line = differentialLine {
            throw FormatError(
                .malformed,
                "line \(line) and all others end in two numbers: this is a differential file; "
                    + "give one of the two recordings it was made from")
        }
        return builder.profile
    }

    // MARK: Lines

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func endOfLine(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count && bytes[index] != 0x0A { index += 1 }
        return index
    }

    private static func trimmingEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, isSpace(bytes[end - 1]) || bytes[end - 1] == 0x0D { end -= 1 }
        return range.lowerBound..<end
    }

    /// Splits at the last white space: stack text and count.
    private static func split(
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, number: Int
    ) throws -> (Range<Int>, Int64) {
        var start = line.upperBound
        while start > line.lowerBound, !isSpace(bytes[start - 1]) { start -= 1 }
        var count: Int64 = 0
        for index in start..<line.upperBound {
            guard isDigit(bytes[index]) else { throw wrongCount(bytes, start..<line.upperBound, number) }
            let (product, overflow) = count.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(bytes[index] &- 0x30))
            if overflow || carry {
                throw FormatError(.malformed, "line \(number): the count is larger than 2^63")
            }
            count = sum
        }
        let stack = line.lowerBound..<max(line.lowerBound, start - 1)
        if trimmingEnd(bytes, stack).isEmpty {
            throw FormatError(.malformed, "line \(number): there is no stack before the count")
        }
        return (stack, count)
    }

    private static func wrongCount(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ number: Int
    ) -> FormatError {
        // Of a hostile line, only as much as fits a message, and nothing that moves a terminal's cursor.
        let text = String(decoding: bytes[range].prefix(40), as: UTF8.self).filter { !$0.isNewline && $0 >= " " }
        let rest = text.drop { $0.isASCII && $0.isNumber }
        let isFraction = rest.first == "." && text.first != "."
        let reason = isFraction ? "is a fraction; multiply all counts to whole numbers" : "is no count"
        return FormatError(.malformed, "line \(number): '\(text)' at its end \(reason)")
    }

    /// Whether the text ends in white space and a whole number, as the first count of a differential line does.
    private static func endsInNumber(_ bytes: UnsafeBufferPointer<UInt8>, _ text: Range<Int>) -> Bool {
        var index = text.upperBound
        while index > text.lowerBound, isDigit(bytes[index - 1]) { index -= 1 }
        return index < text.upperBound && index > text.lowerBound && isSpace(bytes[index - 1])
    }

    // MARK: Stacks

    // hot: per line
    private mutating func stack(
        _ bytes: UnsafeBufferPointer<UInt8>, _ text: Range<Int>, number: Int
    ) throws -> StackTable.ID {
        // Frames that end, with their separator, inside what this line shares with the one before.
        var common = 0
        let limit = min(previous.count, text.count)
        while common < limit, bytes[previous.lowerBound + common] == bytes[text.lowerBound + common] { common += 1 }
        while let last = path.last, last.end >= common { path.removeLast() }
        previous = text

        var stack = path.last?.stack ?? StackTable.root
        var start = text.lowerBound + (path.last.map { $0.end + 1 } ?? 0)
        while start <= text.upperBound {
            var end = start
            while end < text.upperBound && bytes[end] != UInt8(ascii: ";") { end += 1 }
            guard builder.profile.stacks.count < PprofDecoder.nodeLimit else {
                throw FormatError(.tooLarge, "line \(number): more distinct stacks than can be read; split the file")
            }
            stack = builder.child(of: stack, frame: frame(UnsafeBufferPointer(rebasing: bytes[start..<end])))
            path.append((end - text.lowerBound, stack))
            start = end + 1
        }
        return stack
    }

    private mutating func frame(_ name: UnsafeBufferPointer<UInt8>) -> FrameID {
        let (id, isNew) = names.id(of: name)
        if isNew { frames.append(makeFrame(String(decoding: name, as: UTF8.self))) }
        return frames[id]
    }

    private mutating func makeFrame(_ text: String) -> FrameID {
        var name = text[...]
        var isInlined = false
        var kind = Frame.Kind.user
        if name.hasSuffix("_[i]") {
            isInlined = true
            name = name.dropLast(4)
        }
        if name.hasSuffix("_[k]") {
            kind = .kernel
            name = name.dropLast(4)
        }
        let whole = String(name)
        if kind == .user && Frame.isMarkerName(whole) { kind = .marker }
        return builder.intern(Frame(function: builder.intern(Function(name: whole)), kind: kind, isInlined: isInlined))
    }
}
