internal import Profiling

/// The distinct instructions of a path, with all that is known of each before it has a name.
struct CodeIndex {
    /// Distinct instructions in the order in which they were first executed.
    private(set) var codes: [ShadowStack.Code] = []
    /// Where each is in its file.
    private(set) var frames: [RawFrame] = []
    /// The path as positions in ``codes``.
    private(set) var path: [Int32] = []
    /// Of each function, the first of its instructions that was executed.
    private(set) var firstCodes: [Int32] = []

    init(_ addresses: [UInt64], in code: ExecutedCode) {
        var positions: [UInt64: Int32] = [:]
        var distinct: [UInt64] = []
        path.reserveCapacity(addresses.count)
        for address in addresses {
            if let position = positions[address] {
                path.append(position)
            } else {
                positions[address] = Int32(distinct.count)
                path.append(Int32(distinct.count))
                distinct.append(address)
            }
        }
        frames = distinct.map { code.frame(at: $0) }
        var functions: [ExecutedCode.FunctionIdentity: Int32] = [:]
        for (position, identity) in code.functions(of: frames).enumerated() {
            let function = functions[identity] ?? Int32(functions.count)
            if functions[identity] == nil {
                functions[identity] = function
                firstCodes.append(Int32(position))
            }
            codes.append(
                ShadowStack.Code(
                    address: distinct[position],
                    transfer: Transfer(code.bytes(at: distinct[position], count: Transfer.byteCount)),
                    function: function))
        }
    }
}
