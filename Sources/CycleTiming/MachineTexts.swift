/// Readers of the kernel's text files about the machine. Pure: text in, value or nil out.
package enum MachineTexts {
    /// A list of processors as sysfs writes it: `0-3,8`; empty for none, which some kernels write `(null)`.
    package static func processorList(_ text: String) -> [Int]? {
        let text = text.trimmingSpace
        if text.isEmpty || text == "(null)" { return [] }
        var processors: Set<Int> = []
        for range in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1],
                first >= 0, first <= last, last < 1 << 16
            else { return nil }
            processors.formUnion(first...last)
        }
        return processors.sorted()
    }

    /// The word in brackets among alternatives: `always [madvise] never`.
    package static func selectedWord(_ text: String) -> String? {
        let words: [Substring] = text.split { $0.isWhitespace }
        let selected = words.first { $0.hasPrefix("[") && $0.hasSuffix("]") && $0.count > 2 }
        return selected.map { String($0.dropFirst().dropLast()) }
    }

    /// A file that holds 0 or 1.
    package static func flag(_ text: String) -> Bool? {
        switch text.trimmingSpace {
        case "0": false
        case "1": true
        default: nil
        }
    }

    /// The averages over 1, 5 and 15 minutes of `/proc/loadavg`.
    package static func loadAverage(_ text: String) -> LoadAverage? {
        let words = text.split { $0.isWhitespace }
        guard words.count >= 3, let one = Double(words[0]), let five = Double(words[1]), let fifteen = Double(words[2]),
            [one, five, fifteen].allSatisfy({ $0 >= 0 && $0.isFinite })
        else { return nil }
        return LoadAverage(oneMinute: one, fiveMinutes: five, fifteenMinutes: fifteen)
    }

    /// Bytes of swap in use, by `/proc/meminfo`.
    package static func swapUse(_ text: String) -> Int? {
        func bytes(_ name: String) -> Int? {
            for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
                let words = line.dropFirst(name.count + 1).split(separator: " ")
                guard let kibibytes = words.first.flatMap({ Int($0) }), kibibytes >= 0, kibibytes < 1 << 50 else {
                    return nil
                }
                return kibibytes * 1024
            }
            return nil
        }
        guard let total = bytes("SwapTotal"), let free = bytes("SwapFree"), free <= total else { return nil }
        return total - free
    }

    /// The first line of `/proc/stat`: scheduler ticks of all processors since the start. See proc(5).
    package static func processorTimes(_ text: String) -> ProcessorTimes? {
        guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
        let fields = line.split(separator: " ").dropFirst().map { UInt64($0) }
        guard fields.count >= 4, fields.allSatisfy({ $0 != nil && $0! < 1 << 56 }) else { return nil }
        // User, nice, system, idle, iowait, irq, softirq, steal; a guest's time is in the user's already.
        return ProcessorTimes(
            total: fields.prefix(8).reduce(0) { $0 + $1! }, stolen: fields.count > 7 ? fields[7]! : 0)
    }
}

/// Runnable and waiting tasks on average.
package struct LoadAverage: Hashable, Sendable {
    package var oneMinute: Double
    package var fiveMinutes: Double
    package var fifteenMinutes: Double

    package init(oneMinute: Double, fiveMinutes: Double, fifteenMinutes: Double) {
        self.oneMinute = oneMinute
        self.fiveMinutes = fiveMinutes
        self.fifteenMinutes = fifteenMinutes
    }
}

/// Time of all processors together, scheduler ticks.
package struct ProcessorTimes: Hashable, Sendable {
    package var total: UInt64
    /// That the hypervisor gave to others while this guest wanted to run. Not every hypervisor tells.
    package var stolen: UInt64

    package init(total: UInt64, stolen: UInt64) {
        self.total = total
        self.stolen = stolen
    }

    package var stolenShare: Double { total == 0 ? 0 : Double(stolen) / Double(total) }

    /// What passed since an earlier reading.
    package func since(_ earlier: ProcessorTimes) -> ProcessorTimes {
        ProcessorTimes(
            total: total >= earlier.total ? total - earlier.total : 0,
            stolen: stolen >= earlier.stolen ? stolen - earlier.stolen : 0)
    }
}
