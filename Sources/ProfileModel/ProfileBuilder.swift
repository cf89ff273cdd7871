/// Builds a ``Profile``: interns modules, functions, frames and label sets, and merges equal samples.
package struct ProfileBuilder {
    package private(set) var profile: Profile
    private var moduleIDs: [Module: ModuleID] = [:]
    private var functionIDs: [Function: FunctionID] = [:]
    private var frameIDs: [Frame: FrameID] = [:]
    private var labelSetIDs: [LabelSet: Int32] = [:]
    /// stack << 32 | label set → position in the sample columns.
    private var sampleIndex = IndexTable()

    package init(sampleTypes: [SampleType]) {
        profile = Profile(
            sampleTypes: sampleTypes, modules: [], functions: [], frames: [], stacks: StackTable(), labelSets: [],
            samples: Profile.Samples(values: Array(repeating: [], count: sampleTypes.count)),
            metadata: Profile.Metadata())
    }

    /// Takes functions as they are, none of which equals another; nothing can be added to them.
    package mutating func adopt(functions: [Function]) {
        precondition(profile.functions.isEmpty, "functions were added already")
        profile.functions = functions
    }

    /// Takes frames as they are, none of which equals another; nothing can be added to them.
    package mutating func adopt(frames: [Frame]) {
        precondition(profile.frames.isEmpty, "frames were added already")
        profile.frames = frames
    }

    package var metadata: Profile.Metadata {
        get { profile.metadata }
        set { profile.metadata = newValue }
    }

    package mutating func intern(_ module: Module) -> ModuleID {
        if let id = moduleIDs[module] { return id }
        let id = ModuleID(rawValue: Int32(profile.modules.count))
        profile.modules.append(module)
        moduleIDs[module] = id
        return id
    }

    package mutating func intern(_ function: Function) -> FunctionID {
        if let id = functionIDs[function] { return id }
        let id = FunctionID(rawValue: Int32(profile.functions.count))
        profile.functions.append(function)
        functionIDs[function] = id
        return id
    }

    package mutating func intern(_ frame: Frame) -> FrameID {
        if let id = frameIDs[frame] { return id }
        let id = FrameID(rawValue: Int32(profile.frames.count))
        profile.frames.append(frame)
        frameIDs[frame] = id
        return id
    }

    package mutating func intern(_ labels: LabelSet) -> Int32 {
        if let id = labelSetIDs[labels] { return id }
        let id = Int32(profile.labelSets.count)
        profile.labelSets.append(labels)
        labelSetIDs[labels] = id
        return id
    }

    package mutating func child(of parent: StackTable.ID, frame: FrameID) -> StackTable.ID {
        profile.stacks.child(of: parent, frame: frame)
    }

    /// Takes stacks as they are, over the frames that are there.
    package mutating func adopt(_ stacks: StackTable) {
        precondition(profile.stacks.count == 1, "stacks were added already")
        profile.stacks = stacks
    }

    /// Takes samples as they are, none of which equals another; nothing can be added to them.
    /// - Parameter values: a column for each sample type, in their order.
    package mutating func adopt(stacks: [StackTable.ID], labelSets: [Int32], values: [[Int64]]) {
        precondition(profile.samples.count == 0, "samples were added already")
        precondition(values.count == profile.sampleTypes.count, "one column a sample type")
        profile.samples = Profile.Samples(stacks: stacks, labelSets: labelSets, values: values)
    }

    /// Interns a whole stack.
    /// - Parameter frames: root first.
    package mutating func stack(rootFirst frames: some Sequence<FrameID>) -> StackTable.ID {
        var stack = StackTable.root
        for frame in frames { stack = child(of: stack, frame: frame) }
        return stack
    }

    /// Adds to the sample with this stack and these labels.
    /// - Parameter values: one a sample type, in their order.
    package mutating func add(stack: StackTable.ID, labelSet: Int32, values: [Int64]) {
        precondition(values.count == profile.sampleTypes.count, "one value a sample type")
        let key = UInt64(UInt32(bitPattern: stack.rawValue)) << 32 | UInt64(UInt32(bitPattern: labelSet))
        let index = Int(sampleIndex.insert(key, Int32(profile.samples.count)))
        if index < profile.samples.count {
            for column in values.indices {
                let (sum, overflow) = profile.samples.values[column][index].addingReportingOverflow(values[column])
                profile.samples.values[column][index] = overflow ? .max : sum
            }
            return
        }
        profile.samples.stacks.append(stack)
        profile.samples.labelSets.append(labelSet)
        for column in values.indices { profile.samples.values[column].append(values[column]) }
    }
}
