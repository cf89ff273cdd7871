import InstructionTracing
import Testing

@Suite("Repetitions, folded")
struct FoldedTraceTests {
    /// A call: one instruction of its own before and after what it calls, and as many more as stated.
    private struct Call {
        var function: Int32
        var extra: Int32 = 0
        var calls: [Call] = []
    }

    private static func fold(_ root: Call) -> FoldedTrace {
        var records: [CallRecord] = []
        var own: [Int64] = []
        var time: Int32 = 0
        func add(_ call: Call, parent: Int32) {
            let index = records.count
            records.append(
                CallRecord(
                    parent: parent, function: call.function, entry: parent < 0 ? .outermost : .call, begin: time,
                    end: time, site: -1))
            own.append(Int64(2 + call.extra))
            time += 1 + call.extra
            for callee in call.calls { add(callee, parent: Int32(index)) }
            time += 1
            records[index].end = time
        }
        add(root, parent: -1)
        return FoldedTrace(records, own: own)
    }

    private static func text(_ folded: FoldedTrace, _ functions: [CallRecord]? = nil) -> [String] {
        folded.rows.map { row in
            let each =
                row.range.lowerBound == row.range.upperBound
                ? "\(row.range.lowerBound)" : "\(row.range.lowerBound)-\(row.range.upperBound)"
            return String(repeating: " ", count: row.depth)
                + "\(row.kind) ×\(row.count) \(row.total)/\(row.own) \(each)"
        }
    }

    @Test("equal siblings in a row are one, whatever their counts")
    func siblings() {
        let folded = Self.fold(
            Call(
                function: 0,
                calls: [
                    Call(function: 1), Call(function: 1, extra: 3), Call(function: 1), Call(function: 2),
                    Call(function: 1),
                ]))
        #expect(
            Self.text(folded) == [
                "call ×1 15/2 15", " call ×3 9/9 2-5", " call ×1 2/2 2", " call ×1 2/2 2",
            ])
    }

    @Test("calls that call others are not equal")
    func shapes() {
        let folded = Self.fold(
            Call(
                function: 0,
                calls: [
                    Call(function: 1, calls: [Call(function: 2)]), Call(function: 1),
                    Call(function: 1, calls: [Call(function: 3)]),
                ]))
        #expect(folded.rows.map(\.count) == [1, 1, 1, 1, 1, 1])
    }

    @Test("how often something is repeated is no part of the shape")
    func repeatedInside() {
        let folded = Self.fold(
            Call(
                function: 0,
                calls: [
                    Call(function: 1, calls: [Call(function: 2)]),
                    Call(function: 1, calls: [Call(function: 2), Call(function: 2), Call(function: 2)]),
                ]))
        #expect(Self.text(folded) == ["call ×1 14/2 14", " call ×2 12/4 4-8", "  call ×4 8/8 2"])
    }

    @Test("what is repeated together is a loop")
    func loops() {
        let round = [Call(function: 1), Call(function: 2), Call(function: 2), Call(function: 3)]
        let shorter = [Call(function: 1), Call(function: 2), Call(function: 3, extra: 1)]
        let folded = Self.fold(
            Call(function: 0, calls: [Call(function: 4)] + round + shorter + round + [Call(function: 1)]))
        #expect(
            Self.text(folded) == [
                "call ×1 29/2 29", " call ×1 2/2 2", " loop ×3 23/0 7-8", "  call ×3 6/6 2", "  call ×5 10/10 2",
                "  call ×3 7/7 2-3", " call ×1 2/2 2",
            ])
    }

    @Test("self and what is below are the total, everywhere, whatever is folded", arguments: 0..<30 as Range<UInt64>)
    func sums(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 7
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        func make(_ depth: Int) -> Call {
            let count = depth == 0 ? 0 : Int(next(9))
            return Call(
                function: Int32(next(3)), extra: Int32(next(2)), calls: (0..<count).map { _ in make(depth - 1) })
        }
        let folded = Self.fold(make(4))
        for (index, row) in folded.rows.enumerated() {
            let below = folded.rows[(index + 1)...].prefix { $0.depth > row.depth }
            #expect(row.own + below.filter { $0.depth == row.depth + 1 }.reduce(0) { $0 + $1.total } == row.total)
        }
        #expect(folded.rows.reduce(0) { $0 + $1.own } == folded.rows[0].total)
    }

    @Test("a recursion of any depth")
    func deep() {
        var records: [CallRecord] = []
        for level in 0..<Int32(100_000) {
            records.append(
                CallRecord(
                    parent: level - 1, function: 0, entry: level == 0 ? .outermost : .call, begin: level,
                    end: 200_000 - level, site: level - 1))
        }
        let folded = FoldedTrace(records, own: [Int64](repeating: 2, count: 100_000))
        #expect(folded.rows.count == 100_000 && folded.rows[99_999].depth == 99_999)
    }
}
