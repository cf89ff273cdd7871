internal import ProfileModel

extension RawProfile {
    /// Adds up parts of one recording, each of which has counted some of its samples.
    ///
    /// Everything is numbered in the order in which the recording's samples need it, so the result does not depend on who
    /// counted what, and modules without a sample are left out. The parts' numbers of modules mean the same in all.
    init(merging parts: [RawProfile]) {
        self.init()
        guard let first = parts.first else { return }
        quality = first.quality
        for part in parts.dropFirst() { quality.addSamples(of: part.quality) }

        var order: [(ordinal: UInt64, part: Int32, sample: Int32)] = []
        order.reserveCapacity(parts.reduce(0) { $0 + $1.sampleStacks.count })
        for (number, part) in parts.enumerated() {
            for index in part.sampleOrdinals.indices {
                order.append((part.sampleOrdinals[index], Int32(number), Int32(index)))
            }
        }
        order.sort { $0.ordinal < $1.ordinal }

        var merged = MergedNumbers(parts)
        var indexes = IndexTable(capacity: order.count)
        for (ordinal, number, sample) in order {
            let part = parts[Int(number)]
            let index = Int(sample)
            let stack = merged.stack(part.sampleStacks[index], of: Int(number), part, into: &self)
            let thread = merged.thread(Int(part.sampleThreads[index]), of: Int(number), part, into: &self)
            let key = UInt64(UInt32(bitPattern: stack.rawValue)) << 32 | UInt64(UInt32(bitPattern: thread))
            let place = Int(indexes.insert(key, Int32(sampleStacks.count)))
            if place < sampleStacks.count {
                sampleCounts[place] += part.sampleCounts[index]
                samplePeriods[place] &+= part.samplePeriods[index]
                continue
            }
            sampleStacks.append(stack)
            sampleThreads.append(thread)
            sampleCounts.append(part.sampleCounts[index])
            samplePeriods.append(part.samplePeriods[index])
            sampleOrdinals.append(ordinal)
        }
    }
}

/// What the numbers of the parts became.
private struct MergedNumbers {
    private var frames: [[Int32]]
    private var stacks: [[Int32]]
    private var threads: [[Int32]]
    private var modules: [Int32] = []
    private var interner = FrameInterner(cachesAddresses: false)
    private var threadIndexes: [RawProfile.Thread: Int32] = [:]
    private var path: [Int] = []

    init(_ parts: [RawProfile]) {
        frames = parts.map { [Int32](repeating: -1, count: $0.frames.count) }
        stacks = parts.map { [Int32](repeating: -1, count: $0.stacks.count) }
        threads = parts.map { [Int32](repeating: -1, count: $0.threads.count) }
        for index in stacks.indices { stacks[index][0] = StackTable.root.rawValue }
    }

    mutating func stack(
        _ stack: StackTable.ID, of number: Int, _ part: RawProfile, into profile: inout RawProfile
    ) -> StackTable.ID {
        var node = Int(stack.rawValue)
        path.removeAll(keepingCapacity: true)
        while stacks[number][node] < 0 {
            path.append(node)
            node = Int(part.stacks.nodes[node].parent)
        }
        var merged = StackTable.ID(rawValue: stacks[number][node])
        for node in path.reversed() {
            let frame = frame(Int(part.stacks.nodes[node].frame), of: number, part, into: &profile)
            merged = profile.stacks.child(of: merged, frame: frame)
            stacks[number][node] = merged.rawValue
        }
        return merged
    }

    private mutating func frame(
        _ frame: Int, of number: Int, _ part: RawProfile, into profile: inout RawProfile
    ) -> FrameID {
        if frames[number][frame] >= 0 { return FrameID(rawValue: frames[number][frame]) }
        var raw = part.frames[frame]
        if raw.module >= 0 { raw.module = module(Int(raw.module), part, into: &profile) }
        let id = interner.intern(raw)
        if Int(id.rawValue) == profile.frames.count { profile.frames.append(raw) }
        frames[number][frame] = id.rawValue
        return id
    }

    private mutating func module(_ module: Int, _ part: RawProfile, into profile: inout RawProfile) -> Int32 {
        if module >= modules.count {
            modules.append(contentsOf: repeatElement(-1, count: part.modules.count - modules.count))
        }
        if modules[module] < 0 {
            modules[module] = Int32(profile.modules.count)
            profile.modules.append(part.modules[module])
        }
        return modules[module]
    }

    mutating func thread(
        _ thread: Int, of number: Int, _ part: RawProfile, into profile: inout RawProfile
    ) -> Int32 {
        if threads[number][thread] >= 0 { return threads[number][thread] }
        let new = Int32(profile.threads.count)
        let index = threadIndexes[part.threads[thread]] ?? new
        if index == new {
            profile.threads.append(part.threads[thread])
            threadIndexes[part.threads[thread]] = new
        }
        threads[number][thread] = index
        return index
    }
}
