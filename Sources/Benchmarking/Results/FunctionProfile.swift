/// In which functions a benchmark spends its time: how many samples each process had where, and how many instructions one
/// operation executes in each function.
///
/// Functions are those of the symbol table; what was inlined counts for the one that it was inlined into.
package struct FunctionProfile: Codable, Hashable, Sendable {
    package struct Function: Codable, Hashable, Sendable {
        package var name: String
        /// File name of its module; empty when it is in none.
        package var module: String

        package init(name: String, module: String) {
            self.name = name
            self.module = module
        }
    }

    /// Most functions that are kept; the rest has too few samples to say anything of.
    package static let mostFunctions = 4_096

    package var functions: [Function]
    /// One array a process, in the order of the values of its metrics; one count a function.
    package var samples: [[Int64]]
    /// Of one operation, one count a function; nil when they are not the same each time or cannot be counted.
    package var instructions: [Int64]?
    /// Why there are no instructions.
    package var instructionsUnavailable: String?
    /// Why there are no samples.
    package var unavailable: String?

    package init(functions: [Function] = [], samples: [[Int64]] = []) {
        self.functions = functions
        self.samples = samples
    }
}

extension FunctionProfile {
    /// - Parameters:
    ///   - processes: samples by function, one a process.
    ///   - operations: instructions of one operation by function, of some processes; what differs is no exact count.
    package init(processes: [[Function: Int64]], operations: [[Function: Int64]]) {
        var weights: [Function: Int64] = [:]
        for counts in processes { weights.merge(counts) { $0 + $1 } }
        let isExact = !operations.isEmpty && operations.allSatisfy { $0 == operations[0] }
        if isExact { for function in operations[0].keys { weights[function, default: 0] += 1 } }
        let order = weights.sorted { a, b in
            a.value == b.value ? (a.key.name, a.key.module) < (b.key.name, b.key.module) : a.value > b.value
        }
        let functions = order.prefix(Self.mostFunctions).map(\.key)
        self.init(functions: functions, samples: processes.map { counts in functions.map { counts[$0] ?? 0 } })
        if isExact { instructions = functions.map { operations[0][$0] ?? 0 } }
    }
}
