internal import ProfileModel

/// Groups the frames of stacks into pprof's locations: one address with the functions that were inlined there.
struct PprofLocations {
    struct Key: Hashable {
        /// Innermost inlined frame first, the frame that was really called last.
        var frames: [Int32]
    }

    /// The locations; the id of each is its position plus one.
    private(set) var keys: [Key] = []
    /// By frame; 0 for those that have none yet.
    private var single: [UInt64] = []
    private var grouped: [Key: UInt64] = [:]

    /// Ids of the locations of a stack, leaf first.
    /// - Parameter ids: receives them; what was in there is removed.
    mutating func ids(of stack: StackTable.ID, in profile: Profile, into ids: inout [UInt64]) {
        let nodes = profile.stacks.nodes
        ids.removeAll(keepingCapacity: true)
        var index = Int(stack.rawValue)
        while index > 0 {
            let first = nodes[index].frame
            var inner = profile.frames[Int(first)]
            if !inner.isInlined {
                ids.append(id(ofSingle: first))
                index = Int(nodes[index].parent)
                continue
            }
            // An inlined frame belongs to the next one outward at its own address.
            var group = [first]
            while inner.isInlined {
                let outer = Int(nodes[index].parent)
                guard outer > 0 else { break }
                let frame = profile.frames[Int(nodes[outer].frame)]
                guard frame.module == inner.module, frame.address == inner.address, frame.kind == inner.kind else {
                    break
                }
                group.append(nodes[outer].frame)
                index = outer
                inner = frame
            }
            ids.append(group.count == 1 ? id(ofSingle: first) : id(ofGroup: Key(frames: group)))
            index = Int(nodes[index].parent)
        }
    }

    private mutating func id(ofSingle frame: Int32) -> UInt64 {
        let index = Int(frame)
        if index >= single.count { single.append(contentsOf: repeatElement(0, count: index + 1 - single.count + 1024)) }
        if single[index] != 0 { return single[index] }
        keys.append(Key(frames: [frame]))
        single[index] = UInt64(keys.count)
        return UInt64(keys.count)
    }

    private mutating func id(ofGroup key: Key) -> UInt64 {
        if let id = grouped[key] { return id }
        keys.append(key)
        grouped[key] = UInt64(keys.count)
        return UInt64(keys.count)
    }
}
