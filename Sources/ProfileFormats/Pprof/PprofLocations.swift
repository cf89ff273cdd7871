internal import ProfileModel

/// Groups the frames of stacks into pprof's locations: one address with the functions that were inlined there.
struct PprofLocations {
    /// Innermost inlined frame first, the frame that was really called last.
    enum Key: Hashable {
        case single(Int32)
        case group([Int32])
    }

    /// The locations; the id of each is its position plus one.
    private(set) var keys: [Key] = []
    private let nodes: [StackTable.Node]
    private let frames: [Frame]
    /// By frame; 0 for those that have none yet, and for inlined ones, which may be part of several.
    private var single: [UInt64]
    private var grouped: [Key: UInt64] = [:]

    init(_ profile: Profile) {
        nodes = profile.stacks.nodes
        frames = profile.frames
        single = [UInt64](repeating: 0, count: frames.count)
    }

    /// Ids of the locations of a stack, leaf first.
    /// - Parameter ids: receives them; what was in there is removed.
    // hot: per frame of each sample
    mutating func ids(of stack: StackTable.ID, into ids: inout [UInt64]) {
        ids.removeAll(keepingCapacity: true)
        var index = Int(stack.rawValue)
        while index > 0 {
            let node = nodes[index]
            let known = single[Int(node.frame)]
            if known != 0 {
                ids.append(known)
                index = Int(node.parent)
            } else {
                let (id, parent) = newID(at: index)
                ids.append(id)
                index = parent
            }
        }
    }

    /// The id of a location that may be new or have several frames, and the node of its caller.
    private mutating func newID(at leaf: Int) -> (id: UInt64, parent: Int) {
        var index = leaf
        let first = nodes[index].frame
        var inner = frames[Int(first)]
        guard inner.isInlined else {
            keys.append(.single(first))
            single[Int(first)] = UInt64(keys.count)
            return (UInt64(keys.count), Int(nodes[index].parent))
        }
        // An inlined frame belongs to the next one outward at its own address.
        var group = [first]
        while inner.isInlined {
            let outer = Int(nodes[index].parent)
            guard outer > 0 else { break }
            let frame = frames[Int(nodes[outer].frame)]
            guard frame.module == inner.module, frame.address == inner.address, frame.kind == inner.kind else {
                break
            }
            group.append(nodes[outer].frame)
            index = outer
            inner = frame
        }
        let key = group.count == 1 ? Key.single(first) : .group(group)
        let id = grouped[key] ?? UInt64(keys.count) + 1
        if id > UInt64(keys.count) {
            keys.append(key)
            grouped[key] = id
        }
        return (id, Int(nodes[index].parent))
    }
}

extension PprofLocations.Key: RandomAccessCollection {
    var startIndex: Int { 0 }

    var endIndex: Int {
        switch self {
        case .single: 1
        case .group(let frames): frames.count
        }
    }

    subscript(index: Int) -> Int32 {
        switch self {
        case .single(let frame): frame
        case .group(let frames): frames[index]
        }
    }

    /// The frame that was really called.
    var outermost: Int32 { self[endIndex - 1] }
}
