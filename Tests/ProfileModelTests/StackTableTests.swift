import ProfileModel
import Testing

@Suite struct StackTableTests {
    @Test func equalPathsShareOneNode() {
        var table = StackTable()
        let main = table.child(of: StackTable.root, frame: FrameID(rawValue: 7))
        let run = table.child(of: main, frame: FrameID(rawValue: 8))
        #expect(table.child(of: StackTable.root, frame: FrameID(rawValue: 7)) == main)
        #expect(table.child(of: main, frame: FrameID(rawValue: 8)) == run)
        #expect(table.frames(of: run) == [FrameID(rawValue: 8), FrameID(rawValue: 7)])
        #expect(table.count == 3)
    }

    @Test func survivesGrowthWithEveryPathIntact() {
        var table = StackTable()
        var expected: [StackTable.ID: [Int32]] = [:]
        for outer in Int32(0)..<200 {
            var stack = StackTable.root
            var path: [Int32] = []
            for depth in Int32(0)..<60 {
                let frame = outer &* 31 &+ depth &* depth
                stack = table.child(of: stack, frame: FrameID(rawValue: frame))
                path.insert(frame, at: 0)
                expected[stack] = path
            }
        }
        for (stack, path) in expected {
            #expect(table.frames(of: stack).map(\.rawValue) == path)
        }
    }

    @Test func stacksOfOtherFramesAreFoundAndGrow() {
        var table = StackTable()
        // Nodes with none, one and several children.
        for outer in Int32(0)..<700 {
            var stack = StackTable.root
            for depth in Int32(0)..<(outer % 5) {
                stack = table.child(of: stack, frame: FrameID(rawValue: depth == 0 ? outer / 3 : outer % 7 &+ depth))
            }
        }
        let count = table.count
        var other = StackTable(
            distinct: table.nodes.map { node in
                StackTable.Node(parent: node.parent, frame: node.frame < 0 ? node.frame : 1000 - node.frame)
            })
        for index in Int32(1)..<Int32(count) {
            let stack = StackTable.ID(rawValue: index)
            let frame = FrameID(rawValue: 1000 - table.nodes[Int(index)].frame)
            #expect(other.child(of: other.parent(of: stack), frame: frame) == stack)
        }
        #expect(other.count == count)
        let added = other.child(of: StackTable.root, frame: FrameID(rawValue: 7))
        #expect(other.frames(of: added) == [FrameID(rawValue: 7)])
        #expect(other.child(of: StackTable.root, frame: FrameID(rawValue: 7)) == added)
    }

    @Test func parentsPrecedeChildren() {
        var table = StackTable()
        for outer in Int32(0)..<50 {
            var stack = StackTable.root
            for depth in Int32(0)..<20 { stack = table.child(of: stack, frame: FrameID(rawValue: outer ^ depth)) }
        }
        for (index, node) in table.nodes.enumerated().dropFirst() { #expect(Int(node.parent) < index) }
    }
}
