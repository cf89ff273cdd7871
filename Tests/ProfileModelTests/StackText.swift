import ProfileModel

extension Profile {
    /// A profile from lines such as `main;run;decode 3`. `k:` before a name makes a kernel frame, `i:` an inlined one.
    init(_ text: String, labels: LabelSet = LabelSet()) {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let set = builder.intern(labels)
        for line in text.split(separator: "\n") {
            let space = line.lastIndex(of: " ")!
            var stack = StackTable.root
            for part in line[..<space].split(separator: ";") {
                let isKernel = part.hasPrefix("k:")
                let isInlined = part.hasPrefix("i:")
                let name = isKernel || isInlined ? part.dropFirst(2) : part
                let function = builder.intern(Function(name: String(name)))
                let frame = builder.intern(
                    Frame(function: function, kind: isKernel ? .kernel : .user, isInlined: isInlined))
                stack = builder.child(of: stack, frame: frame)
            }
            builder.add(stack: stack, labelSet: set, values: [Int64(line[line.index(after: space)...])!])
        }
        self = builder.profile
    }
}

extension CallTree {
    /// One line a node: two spaces a level, name, total/own.
    var text: String {
        var lines: [String] = []
        visit(.name) { visit in
            let node = nodes[visit.node]
            let symbol = symbol(of: visit.node)!
            let indent = String(repeating: "  ", count: visit.depth - 1)
            lines.append("\(indent)\(symbol.name)\(symbol.isInlined ? "~" : "") \(node.total.value)/\(node.own.value)")
            return true
        }
        return lines.joined(separator: "\n")
    }
}
