/// The calls of a trace with repetitions folded, in order: what people read.
///
/// Calls that follow each other below the same caller are one row when they are of one shape: the same function, entered
/// the same way, whose calls have the same shapes in the same order. How often something is repeated is no part of the
/// shape, nor are instruction counts. Up to eight rows that are repeated together are put below a loop's row. Every instruction is counted in exactly one row's `own`.
package struct FoldedTrace: Sendable {
    package struct Row: Sendable {
        package enum Kind: Sendable {
            case call
            /// The rows one level below are repeated together.
            case loop
        }

        package var kind: Kind
        /// How far it is from the outermost row, whose depth is 0.
        package var depth: Int
        /// The first of its records; of a loop, of its first row.
        package var first: Int32
        /// Calls, or rounds of a loop.
        package var count: Int64
        /// Instructions of all its calls together, callees included, and without them.
        package var total: Int64
        package var own: Int64
        /// The fewest and the most instructions of one call or round, callees included.
        package var range: ClosedRange<Int64>
        /// Set by formats that leave linkage stubs out: how the stub was entered.
        var stubEntry: CallRecord.Entry?
    }

    /// A row's children follow it, one level deeper.
    package private(set) var rows: [Row] = []

    /// Calls of one shape that follow each other: positions in the list of siblings.
    private struct Run {
        var start: Int32
        var count: Int32
        var shape: Int32
    }

    /// Some runs that are repeated together, or one that is not.
    private struct Block {
        var firstRun: Int32
        var length: Int32
        var rounds: Int32
    }

    private static let longestLoop = 8

    private let records: [CallRecord]
    private let own: [Int64]
    /// Children of all records, grouped by parent, and where each group begins.
    private var children: [Int32] = []
    private var childStart: [Int32] = []
    private var runs: [[Run]] = []
    private var blocks: [[Block]] = []

    package init(_ trace: OperationTrace) { self.init(trace.calls, own: trace.own) }

    /// - Parameters:
    ///   - records: parents before children.
    ///   - own: instructions of each without its callees.
    package init(_ records: [CallRecord], own: [Int64]) {
        self.records = records
        self.own = own
        guard !records.isEmpty else { return }
        groupChildren()
        findBlocks()
        makeRows()
    }

    private mutating func groupChildren() {
        childStart = [Int32](repeating: 0, count: records.count + 1)
        for record in records where record.parent >= 0 { childStart[Int(record.parent) + 1] += 1 }
        for index in records.indices { childStart[index + 1] += childStart[index] }
        var next = childStart
        children = [Int32](repeating: 0, count: Int(childStart[records.count]))
        for (index, record) in records.enumerated() where record.parent >= 0 {
            children[Int(next[Int(record.parent)])] = Int32(index)
            next[Int(record.parent)] += 1
        }
    }

    private func children(of record: Int32) -> ArraySlice<Int32> {
        children[Int(childStart[Int(record)])..<Int(childStart[Int(record) + 1])]
    }

    /// Numbers shapes from the innermost calls outward.
    private mutating func findBlocks() {
        var shapes = [Int32](repeating: 0, count: records.count)
        var numbers: [[Int32]: Int32] = [:]
        runs = [[Run]](repeating: [], count: records.count)
        blocks = [[Block]](repeating: [], count: records.count)
        for index in records.indices.reversed() {
            let own = Self.runs(in: children(of: Int32(index)).map { shapes[Int($0)] })
            runs[index] = own
            blocks[index] = Self.blocks(in: own)
            var key = [records[index].function, Int32(records[index].entry.rawValue)]
            for block in blocks[index] {
                // What is repeated together is another shape than the same once.
                key.append(-block.length)
                for run in own[Int(block.firstRun)..<Int(block.firstRun + block.length)] { key.append(run.shape) }
            }
            let number = numbers[key] ?? Int32(numbers.count)
            numbers[key] = number
            shapes[index] = number
        }
    }

    private static func runs(in shapes: [Int32]) -> [Run] {
        var runs: [Run] = []
        for (position, shape) in shapes.enumerated() {
            if let last = runs.last, last.shape == shape {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(Run(start: Int32(position), count: 1, shape: shape))
            }
        }
        return runs
    }

    /// Divides runs into blocks, from the first on: of the loops that may begin with a run, the one that has most.
    private static func blocks(in runs: [Run]) -> [Block] {
        var blocks: [Block] = []
        var start = 0
        while start < runs.count {
            var best = Block(firstRun: Int32(start), length: 1, rounds: 1)
            for length in 2...longestLoop where start + 2 * length <= runs.count {
                var end = start + length
                while end < runs.count, runs[end].shape == runs[end - length].shape { end += 1 }
                let rounds = (end - start) / length
                if rounds > 1, rounds * length > Int(best.length * best.rounds) {
                    best.length = Int32(length)
                    best.rounds = Int32(rounds)
                }
            }
            blocks.append(best)
            start += Int(best.length * best.rounds)
        }
        return blocks
    }

    // MARK: Rows

    private struct Pending {
        var depth: Int
        /// Records of one shape; of a loop, those of its first row.
        var members: [Int32]
        /// Of a loop: the records of each of its rows, and the instructions of each round.
        var loop: [[Int32]] = []
        var rounds: [Int64] = []
    }

    private mutating func makeRows() {
        var pending = [Pending(depth: 0, members: [0])]
        while let next = pending.popLast() {
            let isLoop = !next.loop.isEmpty
            let totals = isLoop ? next.rounds : next.members.map { records[Int($0)].total }
            rows.append(
                Row(
                    kind: isLoop ? .loop : .call, depth: next.depth, first: next.members[0],
                    count: Int64(totals.count), total: totals.reduce(0, +),
                    own: isLoop ? 0 : next.members.reduce(0) { $0 + own[Int($1)] },
                    range: (totals.min() ?? 0)...(totals.max() ?? 0)))
            if isLoop {
                pending += next.loop.reversed().map { Pending(depth: next.depth + 1, members: $0) }
            } else {
                pending += below(next).reversed()
            }
        }
    }

    /// What the members call; they are of one shape, so their blocks correspond.
    private func below(_ row: Pending) -> [Pending] {
        blocks[Int(row.members[0])].indices.map { position in
            let length = Int(blocks[Int(row.members[0])][position].length)
            var parts = [[Int32]](repeating: [], count: length)
            var rounds: [Int64] = []
            for member in row.members {
                let siblings = children(of: member)
                let block = blocks[Int(member)][position]
                for round in 0..<Int(block.rounds) {
                    var total: Int64 = 0
                    for part in 0..<length {
                        let run = runs[Int(member)][Int(block.firstRun) + round * length + part]
                        let start = siblings.startIndex + Int(run.start)
                        for call in siblings[start..<(start + Int(run.count))] {
                            parts[part].append(call)
                            total += records[Int(call)].total
                        }
                    }
                    rounds.append(total)
                }
            }
            return length > 1
                ? Pending(depth: row.depth + 1, members: parts[0], loop: parts, rounds: rounds)
                : Pending(depth: row.depth + 1, members: parts[0])
        }
    }
}
