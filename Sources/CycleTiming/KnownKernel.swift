internal import CCycles

/// A run of one instruction whose cost in core cycles is published.
package enum KnownKernel: String, CaseIterable, Hashable, Sendable {
    case add
    case independentAdd = "independent add"
    case imul
    case popcnt
    case mulsd
    case addsd
    case crc32
    case ror
    case chase = "L1 chase"
    case emptyLoop = "empty loop"

    /// Runs 100 × `hundreds` of the instruction. Returns the ticks between the stamps around them.
    package func run(hundreds: UInt64) -> Ticks {
        let ticks =
            switch self {
            case .add: ts_chain_add(hundreds)
            case .independentAdd: ts_kernel_independent_add(hundreds)
            case .imul: ts_kernel_imul(hundreds)
            case .popcnt: ts_kernel_popcnt(hundreds)
            case .mulsd: ts_kernel_mulsd(hundreds)
            case .addsd: ts_kernel_addsd(hundreds)
            case .crc32: ts_kernel_crc32(hundreds)
            case .ror: ts_kernel_ror(hundreds)
            case .chase: ts_kernel_chase(hundreds)
            case .emptyLoop: ts_kernel_empty_loop(hundreds)
            }
        return Ticks(rawValue: ticks)
    }
}
