internal import ProfileModel
internal import Profiling

/// The instructions of an operation as samples: one stack for each place from where each was executed.
struct RawInstructionProfile {
    private(set) var profile = RawProfile()

    init(_ stack: ShadowStack, _ index: CodeIndex, _ subject: OperationTrace.Subject) {
        profile.frames = index.frames
        let marker = FrameID(rawValue: Int32(index.frames.count))
        profile.frames.append(RawFrame(kind: .marker(.depth)))
        let callers = Self.callers(stack.records, marker: marker, in: &profile.stacks)

        var sampleOfStack: [Int32] = []
        for (code, owner) in zip(index.path, stack.owners) {
            let caller = callers[Int(owner)]
            let leaf =
                caller.isCut ? caller.stack : profile.stacks.child(of: caller.stack, frame: FrameID(rawValue: code))
            while sampleOfStack.count < profile.stacks.count { sampleOfStack.append(-1) }
            var sample = Int(sampleOfStack[Int(leaf.rawValue)])
            if sample < 0 {
                sample = profile.sampleStacks.count
                sampleOfStack[Int(leaf.rawValue)] = Int32(sample)
                profile.sampleStacks.append(leaf)
                profile.sampleCounts.append(0)
            }
            profile.sampleCounts[sample] += 1
            if caller.isCut { profile.quality.truncated += 1 }
        }
        profile.samplePeriods = profile.sampleCounts
        profile.sampleThreads = [Int32](repeating: 0, count: profile.sampleStacks.count)
        let program = subject.program.split(separator: "/").last.map(String.init) ?? subject.program
        profile.threads = [
            RawProfile.Thread(pid: subject.pid, tid: subject.pid, name: subject.benchmark, processName: program)
        ]
        profile.quality.expected = subject.instructions
        profile.quality.received = Int64(index.path.count)
        profile.quality.lost = max(0, subject.instructions - Int64(index.path.count))
    }

    /// The frames that called each record; those of the instructions that did, with what was inlined there.
    private static func callers(
        _ records: [CallRecord], marker: FrameID, in stacks: inout StackTable
    ) -> [(stack: StackTable.ID, isCut: Bool)] {
        var callers: [(stack: StackTable.ID, isCut: Bool)] = []
        var depths: [Int] = []
        for record in records {
            guard record.parent >= 0 else {
                callers.append((StackTable.root, false))
                depths.append(0)
                continue
            }
            let parent = callers[Int(record.parent)]
            let depth = depths[Int(record.parent)] + 1
            depths.append(depth)
            if parent.isCut {
                callers.append(parent)
            } else {
                let isCut = depth == OperationTrace.deepestStack
                let frame = isCut ? marker : FrameID(rawValue: record.site)
                callers.append((stacks.child(of: parent.stack, frame: frame), isCut))
            }
        }
        return callers
    }
}
