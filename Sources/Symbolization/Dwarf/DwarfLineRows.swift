/// The rows of a line-number program: which line each instruction belongs to (DWARF 5, 6.2.5).
package struct DwarfLineRows {
    package struct Row {
        package var address: UInt64
        package var line: UInt32
        package var file: UInt32
        package var column: UInt32
    }

    private struct Sequence {
        var addresses: Range<UInt64>
        var rows: Range<Int32>
    }

    private var rows: [Row] = []
    private var sequences: [Sequence] = []

    /// Rows kept of one program: a whole browser in one unit has some millions.
    private static let largestCount = 1 << 24

    var estimatedSize: Int { rows.count * MemoryLayout<Row>.stride }

    /// - Parameter code: addresses that the module has; sequences of removed functions lie outside.
    package init(_ header: DwarfLineHeader, code: Range<UInt64>) {
        header.bytes.withUnsafeBytes { bytes in
            var cursor = ByteCursor(bytes, from: header.program.lowerBound, to: header.program.upperBound)
            run(&cursor, header, code)
        }
        sequences.sort { $0.addresses.lowerBound < $1.addresses.lowerBound }
    }

    private mutating func run(_ cursor: inout ByteCursor, _ header: DwarfLineHeader, _ code: Range<UInt64>) {
        var state = Row(address: 0, line: 1, file: 1, column: 0)
        var first = 0
        let advance = header.minimumInstructionLength
        func endSequence(_ table: inout DwarfLineRows) {
            defer {
                first = table.rows.count
                state = Row(address: 0, line: 1, file: 1, column: 0)
            }
            guard table.rows.count > first, let low = table.rows[first...].map(\.address).min(),
                low < state.address, code.contains(low)
            else {
                table.rows.removeSubrange(first...)
                return
            }
            if zip(table.rows[first...], table.rows[(first + 1)...]).contains(where: { $0.address > $1.address }) {
                // Not allowed, but seen: keep the order of rows at one address.
                let sorted = table.rows[first...].enumerated().sorted {
                    ($0.element.address, $0.offset) < ($1.element.address, $1.offset)
                }
                table.rows.replaceSubrange(first..., with: sorted.map(\.element))
            }
            table.sequences.append(
                Sequence(addresses: low..<state.address, rows: Int32(first)..<Int32(table.rows.count)))
        }
        while !cursor.isAtEnd, rows.count < Self.largestCount {
            let opcode = cursor.u8()
            if opcode >= header.opcodeBase {
                guard header.lineRange > 0 else { return }
                let adjusted = UInt64(opcode - header.opcodeBase)
                state.address &+= adjusted / header.lineRange &* advance
                state.line =
                    state.line
                    &+ UInt32(
                        truncatingIfNeeded: header.lineBase &+ Int64(adjusted % header.lineRange))
                rows.append(state)
                continue
            }
            switch opcode {
            case 0:
                let length = Int(clamping: cursor.uleb())
                let next = cursor.offset &+ min(length, cursor.remaining)
                guard length > 0 else { continue }
                switch cursor.u8() {
                case 1: endSequence(&self)
                case 2: state.address = cursor.unsigned(min(8, length - 1))
                default: break
                }
                cursor.seek(next)
            case 1: rows.append(state)
            case 2: state.address &+= cursor.uleb() &* advance
            case 3: state.line = state.line &+ UInt32(truncatingIfNeeded: cursor.sleb())
            case 4: state.file = UInt32(truncatingIfNeeded: cursor.uleb())
            case 5: state.column = UInt32(truncatingIfNeeded: cursor.uleb())
            case 8:
                guard header.lineRange > 0 else { return }
                state.address &+= UInt64(255 - header.opcodeBase) / header.lineRange &* advance
            case 9: state.address &+= UInt64(cursor.u16())
            default:
                for _ in 0..<header.opcodeLengths[Int(opcode)] { _ = cursor.uleb() }
            }
        }
        // What has no end has no known extent.
        rows.removeSubrange(first...)
    }

    /// The row that holds an address. O(log n).
    package func lookup(_ address: UInt64) -> Row? {
        var low = 0
        var high = sequences.count
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle].addresses.lowerBound <= address { low = middle + 1 } else { high = middle }
        }
        // Sequences do not overlap, as a rule.
        for index in stride(from: low - 1, through: max(0, low - 8), by: -1) {
            guard sequences[index].addresses.contains(address) else { continue }
            var first = Int(sequences[index].rows.lowerBound)
            var last = Int(sequences[index].rows.upperBound)
            while first < last {
                let middle = (first + last) / 2
                if rows[middle].address <= address { first = middle + 1 } else { last = middle }
            }
            if first > Int(sequences[index].rows.lowerBound) { return rows[first - 1] }
        }
        return nil
    }
}
