internal import CycleTiming

/// Where the sides of a comparison run.
package enum ProcessorPlacement: Hashable, Sendable {
    /// All on the last processor that this process may use: the first ones serve most interrupts.
    case last
    case processor(Int)
    /// Where the kernel puts them, for what needs more than one processor. Interruptions then hit sides unequally.
    case any

    /// Makes the calling thread, and what it starts, run there.
    /// - Returns: the processor, what to undo with, and why there is none where none may be chosen.
    /// - Throws: ``SuiteError`` when a processor that was named may not be used.
    package func apply() throws -> PlacedThread {
        let before = try? ProcessorAffinity.current()
        let chosen: Int
        switch self {
        case .any: return PlacedThread(processor: nil, before: nil, refusal: nil)
        case .processor(let number): chosen = number
        case .last:
            guard let last = before?.processors.last else {
                return PlacedThread(processor: nil, before: nil, refusal: "the allowed processors cannot be read")
            }
            chosen = last
        }
        do {
            try ProcessorAffinity(processors: [chosen]).apply()
            return PlacedThread(processor: chosen, before: before, refusal: nil)
        } catch {
            if case .processor = self { throw SuiteError(.program, "\(error)") }
            return PlacedThread(processor: nil, before: nil, refusal: "\(error)")
        }
    }
}

/// A thread that was told where to run.
package struct PlacedThread: Sendable {
    package let processor: Int?
    let before: ProcessorAffinity?
    package let refusal: String?

    /// Lets the thread run where it could before.
    package func undo() { try? before?.apply() }
}
