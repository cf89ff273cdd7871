import InstructionTracing
import Testing

/// A program of few functions, written down instruction by instruction: each function has 16 instructions of 4 bytes.
private struct Script {
    enum Instruction { case plain, call, `return`, unknown }

    private var codes: [ShadowStack.Code] = []
    private var numbers: [UInt64: Int32] = [:]
    private var path: [Int32] = []
    private var stackPointers: [UInt64] = []
    private var stackPointer: UInt64 = 0x7000

    /// Executes instruction `index` of a function, after which the stack pointer moves by `moves` bytes.
    mutating func execute(
        _ function: Character, _ index: Int, _ instruction: Instruction = .plain, moves: Int64 = 0
    ) {
        let number = Int32(function.asciiValue! - Character("a").asciiValue!)
        let address = UInt64(number) * 64 + UInt64(index) * 4
        let transfer: Transfer =
            switch instruction {
            case .plain: .none
            case .call: .call
            case .return: .return
            case .unknown: .unknown
            }
        if numbers[address] == nil {
            numbers[address] = Int32(codes.count)
            codes.append(ShadowStack.Code(address: address, transfer: transfer, function: number))
        }
        path.append(numbers[address]!)
        stackPointers.append(stackPointer)
        stackPointer = stackPointer &+ UInt64(bitPattern: moves)
    }

    mutating func call(_ function: Character, _ index: Int, _ instruction: Instruction = .call) {
        execute(function, index, instruction, moves: -8)
    }
    mutating func `return`(_ function: Character, _ index: Int, _ instruction: Instruction = .return) {
        execute(function, index, instruction, moves: 8)
    }

    /// Calls as `name[begin..<end]`, a jump's with `>`, followed by what they call in parentheses.
    var calls: String {
        let stack = ShadowStack(codes: codes, path: path, stackPointers: stackPointers)
        func text(_ record: Int) -> String {
            let call = stack.records[record]
            let name = Character(UnicodeScalar(UInt8(call.function) + Character("a").asciiValue!))
            let below = stack.records.indices.filter { stack.records[$0].parent == Int32(record) }.map(text)
            let list = below.isEmpty ? "" : "(" + below.joined(separator: " ") + ")"
            return "\(call.entry == .jump ? ">" : "")\(name)\(call.begin)-\(call.end)\(list)"
        }
        return stack.records.isEmpty ? "" : text(0)
    }
}

@Suite("Calls found by the stack pointer")
struct ShadowStackTests {
    @Test("nested calls, and the same function again")
    func nested() {
        var script = Script()
        script.call("a", 0)
        script.execute("b", 0, moves: -8)  // push
        script.call("b", 1)
        script.execute("c", 0)
        script.return("c", 1)
        script.call("b", 2)
        script.return("c", 0, .return)
        script.execute("b", 3, moves: 8)  // pop
        script.return("b", 4)
        script.execute("a", 1)
        #expect(script.calls == "a0-10(b1-9(c3-5 c6-7))")
    }

    @Test("recursion is one frame a level")
    func recursion() {
        var script = Script()
        script.call("a", 0)
        for _ in 0..<3 { script.call("b", 0) }
        script.execute("b", 1)
        for _ in 0..<4 { script.return("b", 2) }
        script.execute("a", 1)
        #expect(script.calls == "a0-10(b1-9(b2-8(b3-7(b4-6))))")
    }

    @Test("a tail call is below what jumped, and returns for both")
    func tailCall() {
        var script = Script()
        script.call("a", 0)
        script.execute("b", 0)
        script.execute("b", 1)  // jump
        script.execute("c", 0)
        script.return("c", 1)
        script.execute("a", 1)
        #expect(script.calls == "a0-6(b1-5(>c3-5))")
    }

    @Test("functions that jump to each other do not pile up")
    func mutualTailCalls() {
        var script = Script()
        script.call("a", 0)
        for _ in 0..<3 {
            script.execute("b", 0)
            script.execute("c", 0)
        }
        script.return("c", 1)
        script.execute("a", 1)
        #expect(script.calls == "a0-9(b1-3(>c2-3) >b3-5(>c4-5) >b5-8(>c6-8))")
    }

    @Test("a function that begins anew returns for no one else")
    func restartKeepsItsReturn() {
        var script = Script()
        script.call("a", 0)
        script.call("b", 0)
        script.execute("c", 0)
        script.execute("d", 0)
        script.execute("c", 0)  // again
        script.execute("b", 5)  // jumps into the function that called it: another frame than b's
        script.return("b", 6)
        script.return("b", 1)
        script.execute("a", 1)
        #expect(script.calls == "a0-9(b1-8(c2-4(>d3-4) >c4-7(>b5-7)))")
    }

    @Test("code that is away from its function and comes back")
    func comesBack() {
        var script = Script()
        script.call("a", 0)
        script.execute("b", 0, moves: -16)
        script.execute("b", 1)  // jump to a part elsewhere
        script.execute("c", 3)
        script.execute("b", 2, moves: 16)
        script.return("b", 3)
        script.execute("a", 1)
        #expect(script.calls == "a0-7(b1-6(>c3-4))")
    }

    @Test("a stub, the dynamic linker with what it pushes, and the function that it jumps to")
    func lazyBinding() {
        var script = Script()
        script.call("a", 0)
        script.execute("p", 0)  // jump *pointer
        script.execute("p", 1, moves: -8)  // push index
        script.execute("q", 0, moves: -8)  // the table's head: push, jump
        script.execute("q", 1)
        script.execute("r", 0, moves: -32)
        script.call("r", 1)
        script.return("s", 0)
        script.execute("r", 2, moves: 48)
        script.execute("r", 3)  // jump
        script.execute("f", 0)
        script.return("f", 1)
        script.execute("a", 1)
        #expect(script.calls == "a0-13(p1-12(>q3-10(>r5-10(s7-8)) >f10-12))")
    }

    @Test("longjmp and exceptions end all frames that they leave")
    func unwinding() {
        var script = Script()
        script.call("a", 0)
        script.execute("b", 0, moves: -8)
        script.call("b", 1)
        script.call("c", 0)
        script.call("d", 0)
        // Back into b, past c and d: the stack pointer first, then the jump.
        script.execute("e", 0, moves: 24)
        script.execute("e", 1)
        script.execute("b", 9, moves: 8)
        script.return("b", 10)
        script.execute("a", 1)
        #expect(script.calls == "a0-10(b1-9(c3-7(d4-7(e5-7))))")
    }

    @Test("pushing and returning is a jump; a call of the next instruction is none")
    func pushReturn() {
        var script = Script()
        script.call("a", 0)
        script.execute("b", 0, moves: -8)
        script.return("b", 1)  // to c, which was pushed
        script.execute("c", 0)
        script.return("c", 1)
        script.execute("a", 1)
        #expect(script.calls == "a0-6(b1-5(>c3-5))")
    }

    @Test("code of unknown bytes is followed by where it goes")
    func unknownBytes() {
        var script = Script()
        script.call("a", 0, .unknown)
        script.execute("b", 0, .unknown, moves: -8)
        script.call("b", 1, .unknown)
        script.execute("c", 2, .unknown)
        script.return("c", 3, .unknown)
        script.execute("b", 2, .unknown, moves: 8)
        script.return("b", 3, .unknown)
        script.execute("a", 1, .unknown)
        #expect(script.calls == "a0-8(b1-7(c3-5))")
    }

    @Test("any path makes a tree of intervals that lie within each other", arguments: 0..<50 as Range<UInt64>)
    func anyPath(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let codes = (0..<40 as Range<UInt64>).map {
            ShadowStack.Code(
                address: $0 * 7, transfer: Transfer(rawValue: UInt8(next(4)))!, function: Int32(next(6)))
        }
        let path = (0..<2_000).map { _ in Int32(next(40)) }
        var pointer: UInt64 = 1 << 20
        let pointers = path.map { _ in
            pointer = seed % 5 == 0 ? next(.max) : pointer &+ [8, 0, UInt64.max - 7, 64][Int(next(4))]
            return pointer
        }
        let stack = ShadowStack(codes: codes, path: path, stackPointers: pointers)
        #expect(stack.owners.count == path.count)
        #expect(stack.records[0].begin == 0 && stack.records[0].end == 2_000)
        var own = [Int64](repeating: 0, count: stack.records.count)
        for owner in stack.owners { own[Int(owner)] += 1 }
        var expected = stack.records.map(\.total)
        for (index, record) in stack.records.enumerated().dropFirst() {
            let parent = stack.records[Int(record.parent)]
            #expect(record.parent < index && record.begin < record.end)
            #expect(parent.begin <= record.begin && record.end <= parent.end)
            expected[Int(record.parent)] -= record.total
        }
        #expect(own == expected)
    }

    @Test("nothing executed is no call")
    func empty() { #expect(ShadowStack(codes: [], path: [], stackPointers: []).records.isEmpty) }
}
