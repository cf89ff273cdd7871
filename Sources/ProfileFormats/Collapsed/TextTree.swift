internal import Glibc
internal import ProfileModel

/// Stacks of names with a count each, merged by name; yields them as sorted lines.
///
/// Stacks whose frames have equal names are found while the lines are written: what is below a line are the children of
/// all nodes that it stands for, sorted by name.
struct TextTree {
    private let nodes: [StackTable.Node]
    private let names: TextArena
    /// The name of each frame.
    private let texts: [Int32]
    /// The position of each frame's name in the order of bytes: equal for equal names.
    private let ranks: [Int32]
    /// One a node; -1 where no stack ends.
    private var counts: [Int64]

    /// - Parameters:
    ///   - nodes: stacks over frames, the root first, parents before their children.
    ///   - frames: for each frame its position in `names`.
    init(nodes: [StackTable.Node], frames: [Int32], names: TextArena) {
        self.nodes = nodes
        self.names = names
        texts = frames
        let ranks = names.ranks()
        self.ranks = frames.map { ranks[Int($0)] }
        counts = [Int64](repeating: -1, count: nodes.count)
    }

    /// - Parameter count: not negative.
    mutating func add(_ count: Int64, at node: Int) { counts[node] = max(0, counts[node]).addingSaturating(count) }

    /// Writes all lines in order. O(nodes + output), and the sorting of siblings.
    /// - Parameter output: gets one line after the other; its bytes are valid during the call only.
    func write(to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        let families = Families(nodes, ranks)
        var line = TextLine()
        defer { line.deallocate() }
        // The nodes of the pending lines; those of the last one are at the end.
        var members: [Member] = []
        var pending: [(firstMember: Int, prefix: Int)] = []
        families.appendChildren(of: 0, to: &members)
        Self.arrange(&members, from: 0, prefix: 0, &pending)
        try names.withBytes { names in
            // hot: per distinct stack
            while let (firstMember, prefix) = pending.popLast() {
                line.count = prefix
                var node = members[firstMember].node
                let isSingle = members.count - firstMember == 1
                while true {
                    let text = Int(texts[Int(nodes[node].frame)])
                    line.append(names.start + names.ends[text], names.ends[text + 1] - names.ends[text])
                    if isSingle {
                        if counts[node] >= 0 { try line.write(count: counts[node], to: output) }
                    } else if let count = count(of: members[firstMember...]) {
                        try line.write(count: count, to: output)
                    }
                    line.appendSeparator()
                    // Most nodes have one child.
                    guard isSingle, let child = families.onlyChild(of: node) else { break }
                    node = child
                }
                if isSingle {
                    members.removeLast()
                    families.appendChildren(of: node, to: &members)
                } else {
                    let group = Array(members[firstMember...])
                    members.removeLast(group.count)
                    for member in group { families.appendChildren(of: member.node, to: &members) }
                }
                Self.arrange(&members, from: firstMember, prefix: line.count, &pending)
            }
        }
    }

    /// Makes lines of siblings, the first by name last, as pending ones are taken from the end.
    private static func arrange(
        _ members: inout [Member], from first: Int, prefix: Int, _ pending: inout [(firstMember: Int, prefix: Int)]
    ) {
        if members.count - first > 1 { members[first...].sort { $0.key > $1.key } }
        var last: UInt64?
        for index in first..<members.count where members[index].rank != last {
            last = members[index].rank
            pending.append((index, prefix))
        }
    }

    /// How many samples end in some nodes; nil for no stack.
    private func count(of members: ArraySlice<Member>) -> Int64? {
        var count: Int64?
        for member in members where counts[member.node] >= 0 {
            count = (count ?? 0).addingSaturating(counts[member.node])
        }
        return count
    }
}

/// A node and the rank of its name, as one number that sorts by rank.
private struct Member {
    let key: UInt64

    init(_ node: Int32, rank: Int32) {
        key = UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(UInt32(bitPattern: node))
    }

    var node: Int { Int(truncatingIfNeeded: key & 0xFFFF_FFFF) }
    var rank: UInt64 { key >> 32 }
}

/// The children of each node, as lists: nodes that follow each other are mostly parent and child.
private struct Families {
    /// 0 for none; the root is nobody's child.
    private var first: [Int32]
    private var next: [Int32]
    private let nodes: [StackTable.Node]
    /// Of each frame.
    private let ranks: [Int32]

    init(_ nodes: [StackTable.Node], _ ranks: [Int32]) {
        self.nodes = nodes
        self.ranks = ranks
        first = [Int32](repeating: 0, count: nodes.count)
        next = first
        for index in nodes.indices.dropFirst().reversed() {
            let parent = Int(nodes[index].parent)
            next[index] = first[parent]
            first[parent] = Int32(truncatingIfNeeded: index)
        }
    }

    func appendChildren(of node: Int, to list: inout [Member]) {
        var child = first[node]
        while child != 0 {
            list.append(Member(child, rank: ranks[Int(nodes[Int(child)].frame)]))
            child = next[Int(child)]
        }
    }

    func onlyChild(of node: Int) -> Int? {
        let child = Int(first[node])
        return child != 0 && next[child] == 0 ? child : nil
    }
}

/// The line that is being written.
private struct TextLine {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var count = 0

    /// A space, 19 digits and a line feed.
    private static let longestCount = 21

    func deallocate() { bytes.deallocate() }

    @inline(__always)
    mutating func append(_ text: UnsafePointer<UInt8>, _ length: Int) {
        // What follows it has room, too.
        if bytes.count - count < length + 1 + Self.longestCount { grow(length + 1 + Self.longestCount) }
        memcpy(bytes.baseAddress! + count, text, length)
        count += length
    }

    @inline(__always)
    mutating func appendSeparator() {
        bytes[count] = UInt8(ascii: ";")
        count += 1
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (bytes.count + more), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        bytes.deallocate()
        bytes = larger
    }

    /// Writes the line with its number, which is no part of what follows it.
    func write(count value: Int64, to output: (UnsafeRawBufferPointer) throws -> Void) throws {
        var end = count + 1
        bytes[count] = UInt8(ascii: " ")
        var rest = value
        repeat {
            end += 1
            rest /= 10
        } while rest > 0
        rest = value
        var place = end - 1
        repeat {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            place -= 1
            rest /= 10
        } while rest > 0
        bytes[end] = UInt8(ascii: "\n")
        try output(UnsafeRawBufferPointer(rebasing: bytes[...end]))
    }
}
