/// Finds the calls in a sequence of instructions, each with the stack pointer before it.
///
/// A frame is a record with the stack pointer at its first instruction: for a called function that is where its return
/// address lies. Of two instructions that follow each other:
///
/// - The first is a call and the stack pointer is 8 lower: a frame begins.
/// - The first is a return and the stack pointer rose, or the second is in another function than the innermost frame:
///   all frames that began with a lower stack pointer than there is now have ended. One ends by a return, many by
///   longjmp and by exceptions, and those of the dynamic linker when it jumps to the function that it found.
/// - If the second then still is in another function than the innermost frame, it was jumped to. A frame that shares
///   its return address (it was jumped to from the innermost one, or jumped to it) and is of this function goes on, or
///   begins anew if this is its first instruction. Without such a frame one begins, as a jump's: a tail call.
/// - Else the frame stays the same: jumps within a function, and all that its stack pointer does.
///
/// Where the bytes of an instruction are not known (code written at run time), going elsewhere with a stack pointer 8
/// lower is a call, and with a higher one a return.
package struct ShadowStack {
    /// An instruction of the program, however often it is executed.
    package struct Code: Sendable {
        package var address: UInt64
        package var transfer: Transfer
        /// What tells its function from others.
        package var function: Int32

        package init(address: UInt64, transfer: Transfer, function: Int32) {
            self.address = address
            self.transfer = transfer
            self.function = function
        }
    }

    /// All calls in the order in which they began: a record's parent is before it.
    package private(set) var records: [CallRecord] = []
    /// The innermost record of each instruction.
    package private(set) var owners: [Int32] = []

    private struct Frame {
        var record: Int32
        var function: Int32
        var stackPointer: UInt64
        /// Its first instruction, and its last so far.
        var entryCode: Int32
        var lastCode: Int32
        /// Whether it returns for the frame below it, having been jumped to.
        var sharesReturn: Bool
    }

    private var frames: [Frame] = []
    private let codes: [Code]

    /// - Parameters:
    ///   - codes: the distinct instructions.
    ///   - path: positions in `codes`, in the order of execution.
    ///   - stackPointers: before each of the path's instructions.
    /// - Complexity: O(path), and the length of chains of jumps between functions for each of those.
    package init(codes: [Code], path: [Int32], stackPointers: [UInt64]) {
        self.codes = codes
        guard let first = path.first else { return }
        owners.reserveCapacity(path.count)
        begin(first, .outermost, stackPointer: .max, at: 0)
        owners.append(0)
        for index in 1..<path.count {
            step(from: path[index - 1], stackPointers[index - 1], to: path[index], stackPointers[index], at: index)
            frames[frames.count - 1].lastCode = path[index]
            owners.append(frames[frames.count - 1].record)
        }
        end(downTo: 0, at: path.count)
    }

    private mutating func step(
        from a: Int32, _ before: UInt64, to b: Int32, _ after: UInt64, at index: Int
    ) {
        var transfer = codes[Int(a)].transfer
        if transfer == .unknown {
            let goesElsewhere = codes[Int(b)].address &- codes[Int(a)].address &- 1 >= 15
            transfer = !goesElsewhere || after == before ? .none : after == before &- 8 ? .call : .return
        }
        if transfer == .call, after == before &- 8 { return begin(b, .call, stackPointer: after, at: index) }
        let function = codes[Int(b)].function
        let isReturn = transfer == .return && after > before
        guard isReturn || function != frames[frames.count - 1].function else { return }
        var depth = frames.count
        while depth > 1, frames[depth - 1].stackPointer < after { depth -= 1 }
        end(downTo: depth, at: index)
        if function != frames[depth - 1].function { jump(to: b, stackPointer: after, at: index) }
    }

    private mutating func jump(to code: Int32, stackPointer: UInt64, at index: Int) {
        var position = frames.count - 1
        while frames[position].sharesReturn, frames[position].function != codes[Int(code)].function { position -= 1 }
        guard frames[position].function == codes[Int(code)].function else {
            return begin(code, .jump, stackPointer: stackPointer, at: index)
        }
        if frames[position].entryCode == code, position > 0 {
            let sharesReturn = frames[position].sharesReturn
            end(downTo: position, at: index)
            begin(code, .jump, stackPointer: stackPointer, at: index)
            frames[position].sharesReturn = sharesReturn
        } else {
            end(downTo: position + 1, at: index)
        }
    }

    private mutating func begin(_ code: Int32, _ entry: CallRecord.Entry, stackPointer: UInt64, at index: Int) {
        let record = Int32(records.count)
        let caller = frames.last
        records.append(
            CallRecord(
                parent: caller?.record ?? -1, function: codes[Int(code)].function, entry: entry, begin: Int32(index),
                end: Int32(index), site: caller?.lastCode ?? -1))
        frames.append(
            Frame(
                record: record, function: codes[Int(code)].function, stackPointer: stackPointer, entryCode: code,
                lastCode: code, sharesReturn: entry == .jump))
    }

    private mutating func end(downTo depth: Int, at index: Int) {
        while frames.count > depth { records[Int(frames.removeLast().record)].end = Int32(index) }
    }
}
