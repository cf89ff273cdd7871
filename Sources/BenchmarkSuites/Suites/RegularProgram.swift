/// A pattern as instructions; the next one follows unless an instruction says otherwise.
struct RegularProgram {
    enum Instruction: Sendable {
        case character(ScalarSet)
        case start
        case end
        case jump(Int)
        case split(Int, Int)
        case match
    }

    private(set) var instructions: [Instruction] = []

    init(_ tree: RegularTree) throws(RegularFault) {
        try add(tree)
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(RegularFault) {
        guard instructions.count < RegularPattern.maximumInstructions else {
            throw RegularFault(problem: "its repeats multiply to too much; repeat less", position: nil)
        }
        instructions.append(instruction)
    }

    private mutating func add(_ tree: RegularTree) throws(RegularFault) {
        switch tree {
        case .character(let set): try append(.character(set))
        case .start: try append(.start)
        case .end: try append(.end)
        case .sequence(let parts): for part in parts { try add(part) }
        case .alternatives(let all): try add(alternatives: all)
        case .repeated(let part, let least, let most): try add(part, least: least, most: most)
        }
    }

    private mutating func add(alternatives all: [RegularTree]) throws(RegularFault) {
        var ends: [Int] = []
        for (index, part) in all.enumerated() {
            let isLast = index == all.count - 1
            let split = instructions.count
            if !isLast { try append(.match) }
            try add(part)
            if !isLast {
                ends.append(instructions.count)
                try append(.match)
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func add(_ part: RegularTree, least: Int, most: Int?) throws(RegularFault) {
        // Nothing, however often, is nothing; it adds no instruction, so that the limit would not end the loop.
        if part.isEmpty { return }

        for _ in 0..<least { try add(part) }
        if let most {
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(instructions.count)
                try append(.match)
                try add(part)
            }
            for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        } else {
            let split = instructions.count
            try append(.match)
            try add(part)
            try append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
        }
    }
}
