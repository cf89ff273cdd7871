/// A fact about a sample that is not part of its stack: its thread, its process, its request.
package struct Label: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64, unit: String)
    }

    package var key: String
    package var value: Value

    package init(key: String, value: Value) {
        self.key = key
        self.value = value
    }

    package static func text(_ key: String, _ text: String) -> Label { Label(key: key, value: .text(text)) }

    package static func number(_ key: String, _ number: Int64, unit: String = "") -> Label {
        Label(key: key, value: .number(number, unit: unit))
    }
}

/// The labels of a sample, in file order.
package struct LabelSet: Hashable, Sendable {
    package var labels: [Label]

    package init(_ labels: [Label] = []) { self.labels = labels }

    /// Labels of a sample of one thread, under the keys that every reader here looks for.
    package init(thread: String, tid: Int32, process: String, pid: Int32) {
        labels = [
            .text("thread", thread), .number("tid", Int64(tid)),
            .text("process", process), .number("pid", Int64(pid)),
        ]
    }

    package func text(_ key: String) -> String? {
        for label in labels where label.key == key {
            if case .text(let text) = label.value { return text }
        }
        return nil
    }

    package func number(_ key: String) -> Int64? {
        for label in labels where label.key == key {
            if case .number(let number, _) = label.value { return number }
        }
        return nil
    }

    /// `name (tid)`, the name alone, `tid N`, or an empty text when the sample names no thread.
    package var threadDescription: String {
        switch (text("thread"), number("tid")) {
        case (let name?, let tid?): "\(name) (\(tid))"
        case (let name?, nil): name
        case (nil, let tid?): "tid \(tid)"
        case (nil, nil): ""
        }
    }
}
