internal import ProfileModel

/// Adds up parts of one recording, each of which has counted some of its samples.
///
/// Everything is numbered in the order in which the recording's samples need it, so the result does not depend on who
/// counted what, and modules without a sample are left out. The parts' numbers of modules mean the same in all.
///
/// What frames are is known before their stacks are, and can be named meanwhile: ``profile`` has all but stacks and
/// samples until ``addSamples()``.
struct RawProfileMerge {
    private(set) var profile = RawProfile()
    private var parts: [RawProfile]
    /// What each part's numbers of frames and threads became.
    private var frames: [[Int32]] = []
    private var threads: [[Int32]] = []

    init(_ parts: [RawProfile]) {
        self.parts = parts
        guard let first = parts.first else { return }
        profile.quality = first.quality
        for part in parts.dropFirst() { profile.quality.addSamples(of: part.quality) }
        mergeFrames()
        mergeThreads()
    }

    // MARK: What samples are made of

    private mutating func mergeFrames() {
        let count = parts.map(\.frames.count).max() ?? 0
        var interner = FrameInterner(cachesAddresses: false, capacity: count + count / 2)
        frames = parts.map { [Int32](repeating: -1, count: $0.frames.count) }
        var modules = [Int32](repeating: -1, count: parts.map(\.modules.count).max() ?? 0)
        // hot: per frame
        Self.forEachInOrder(parts.map(\.frameOrdinals)) { number, index in
            var frame = parts[number].frames[index]
            if frame.module >= 0 {
                let module = Int(frame.module)
                if modules[module] < 0 {
                    modules[module] = Int32(profile.modules.count)
                    profile.modules.append(parts[number].modules[module])
                }
                frame.module = modules[module]
            }
            frames[number][index] = interner.intern(frame).rawValue
        }
        profile.frames = interner.frames
    }

    private mutating func mergeThreads() {
        threads = parts.map { [Int32](repeating: -1, count: $0.threads.count) }
        var indexes: [RawProfile.Thread: Int32] = [:]
        Self.forEachInOrder(parts.map(\.threadOrdinals)) { number, index in
            let thread = parts[number].threads[index]
            let new = Int32(profile.threads.count)
            let merged = indexes[thread] ?? new
            if merged == new {
                profile.threads.append(thread)
                indexes[thread] = new
            }
            threads[number][index] = merged
        }
    }

    /// Goes through columns of rising numbers, the smallest number first.
    private static func forEachInOrder(_ columns: [[UInt64]], _ body: (_ column: Int, _ index: Int) -> Void) {
        var next = [Int](repeating: 0, count: columns.count)
        for _ in 0..<columns.reduce(0, { $0 + $1.count }) {
            var best = -1
            var least = UInt64.max
            for column in columns.indices where next[column] < columns[column].count {
                let number = columns[column][next[column]]
                if best < 0 || number < least {
                    best = column
                    least = number
                }
            }
            body(best, next[best])
            next[best] += 1
        }
    }

    // MARK: Stacks and samples

    /// Adds stacks and samples; the parts are gone then.
    mutating func addSamples() {
        guard !parts.isEmpty else { return }
        let union = StackUnion(&parts, frames: frames)
        var order = NodeOrder(union)
        let capacity = parts.reduce(0) { $0 + $1.sampleStacks.count }
        var indexes = IndexTable(capacity: capacity)
        // hot: per distinct sample
        Self.forEachInOrder(parts.map(\.sampleOrdinals)) { number, index in
            let stack = order.number(of: union.node(of: parts[number].sampleStacks[index], in: number))
            let thread = threads[number][Int(parts[number].sampleThreads[index])]
            let key = UInt64(UInt32(bitPattern: stack.rawValue)) << 32 | UInt64(UInt32(bitPattern: thread))
            let place = Int(indexes.insert(key, Int32(profile.sampleStacks.count)))
            if place < profile.sampleStacks.count {
                profile.sampleCounts[place] += parts[number].sampleCounts[index]
                profile.samplePeriods[place] &+= parts[number].samplePeriods[index]
                return
            }
            profile.sampleStacks.append(stack)
            profile.sampleThreads.append(thread)
            profile.sampleCounts.append(parts[number].sampleCounts[index])
            profile.samplePeriods.append(parts[number].samplePeriods[index])
        }
        profile.stacks = StackTable(distinct: order.nodes)
        parts = []
    }
}

/// The stacks of all parts in the table of one of them, the largest.
private struct StackUnion {
    private(set) var table: StackTable
    /// What the table's frame numbers are in the merged profile.
    private(set) var frames: [Int32]
    private let base: Int
    /// What the nodes of the other parts became.
    private var nodes: [[Int32]]

    /// Takes the stacks out of the parts.
    /// - Parameter merged: what each part's numbers of frames became.
    init(_ parts: inout [RawProfile], frames merged: [[Int32]]) {
        base = parts.indices.max { parts[$0].stacks.count < parts[$1].stacks.count } ?? 0
        table = StackTable()
        swap(&table, &parts[base].stacks)
        frames = merged[base]
        nodes = [[Int32]](repeating: [], count: parts.count)
        var own = [Int32](repeating: -1, count: 1 + Int(merged.lazy.compactMap { $0.max() }.max() ?? 0))
        for (index, frame) in frames.enumerated() { own[Int(frame)] = Int32(index) }
        for number in parts.indices where number != base {
            var stacks = StackTable()
            swap(&stacks, &parts[number].stacks)
            add(stacks, number: number, frames: merged[number], &own)
        }
    }

    /// - Parameter own: for each merged frame its number in the table.
    private mutating func add(_ stacks: StackTable, number: Int, frames merged: [Int32], _ own: inout [Int32]) {
        var made = [Int32](repeating: 0, count: stacks.count)
        // hot: per node
        for (index, node) in stacks.nodes.enumerated().dropFirst() {
            let frame = Int(merged[Int(node.frame)])
            if own[frame] < 0 {
                own[frame] = Int32(frames.count)
                frames.append(Int32(frame))
            }
            let parent = StackTable.ID(rawValue: made[Int(node.parent)])
            made[index] = table.child(of: parent, frame: FrameID(rawValue: own[frame])).rawValue
        }
        nodes[number] = made
    }

    func node(of stack: StackTable.ID, in part: Int) -> Int {
        part == base ? Int(stack.rawValue) : Int(nodes[part][Int(stack.rawValue)])
    }
}

/// Numbers stacks again in the order in which they are asked for.
private struct NodeOrder {
    private let union: StackUnion
    private var numbers: [Int32]
    private(set) var nodes = [StackTable.Node(parent: -1, frame: -1)]
    private var path: [Int] = []

    init(_ union: StackUnion) {
        self.union = union
        numbers = [Int32](repeating: -1, count: union.table.count)
        numbers[0] = StackTable.root.rawValue
        nodes.reserveCapacity(union.table.count)
    }

    // hot: per distinct sample
    mutating func number(of node: Int) -> StackTable.ID {
        var node = node
        path.removeAll(keepingCapacity: true)
        while numbers[node] < 0 {
            path.append(node)
            node = Int(union.table.nodes[node].parent)
        }
        var number = numbers[node]
        for node in path.reversed() {
            let frame = union.frames[Int(union.table.nodes[node].frame)]
            nodes.append(StackTable.Node(parent: number, frame: frame))
            number = Int32(nodes.count - 1)
            numbers[node] = number
        }
        return StackTable.ID(rawValue: number)
    }
}
