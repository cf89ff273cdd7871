/// Writes `.eh_frame` sections by hand: the instructions are given as bytes, so a test states exactly what it tests.
struct EhFrameBuilder {
    private(set) var bytes: [UInt8] = []
    let address: UInt64
    private var commonPosition = 0
    /// Where each function starts, and where its entry is in the section.
    private(set) var functions: [(start: UInt64, entry: Int)] = []

    /// - Parameter address: where the section is mapped; function addresses are written relative to it.
    init(address: UInt64) { self.address = address }

    /// A common entry "zR" (or "zRS") for x86-64: CFA = rsp + 8, return address at CFA - 8.
    mutating func addCommon(isSignal: Bool = false, extra: [UInt8] = []) {
        commonPosition = bytes.count
        var body: [UInt8] = [0, 0, 0, 0, 1]
        body += Array((isSignal ? "zRS" : "zR").utf8) + [0]
        body += [0x01, 0x78, 0x10]  // code factor 1, data factor -8, return address in column 16
        body += [0x01, 0x1B]  // one byte of augmentation: pointers are pcrel sdata4
        body += [0x0C, 0x07, 0x08, 0x90, 0x01] + extra
        append(body)
    }

    /// A common entry for arm64: CFA = sp, return address in the link register.
    /// - Parameter key: "B" when return addresses are signed with the second key.
    mutating func addCommonARM64(key: String = "") {
        commonPosition = bytes.count
        var body: [UInt8] = [0, 0, 0, 0, 1] + Array("zR\(key)".utf8) + [0]
        body += [0x04, 0x78, 0x1E]  // code factor 4, data factor -8, return address in column 30
        body += [0x01, 0x1B]
        body += [0x0C, 0x1F, 0x00]
        append(body)
    }

    /// A function with its call-frame instructions.
    mutating func addFunction(start: UInt64, length: UInt32, instructions: [UInt8] = []) {
        functions.append((start, bytes.count))
        let idPosition = bytes.count + 4
        let beginAddress = address + UInt64(idPosition + 4)
        var body = Self.little(UInt32(idPosition - commonPosition))
        body += Self.little(UInt32(truncatingIfNeeded: start &- beginAddress))
        body += Self.little(length)
        body += [0] + instructions
        append(body)
    }

    /// The linker's table, sorted, for an `.eh_frame_hdr` that is mapped at an address.
    /// - Parameter edit: changes the rows (relative to the section) before they are written.
    func header(address header: UInt64, edit: (inout [(start: UInt32, entry: UInt32)]) -> Void = { _ in }) -> [UInt8] {
        var rows = functions.sorted { $0.start < $1.start }.map {
            (
                start: UInt32(truncatingIfNeeded: $0.start &- header),
                entry: UInt32(truncatingIfNeeded: address &+ UInt64($0.entry) &- header)
            )
        }
        edit(&rows)
        // Version 1; pointer pcrel sdata4, count udata4, table datarel sdata4.
        return [1, 0x1B, 0x03, 0x3B] + Self.little(UInt32(truncatingIfNeeded: address &- header &- 4))
            + Self.little(UInt32(rows.count)) + rows.flatMap { Self.little($0.start) + Self.little($0.entry) }
    }

    private mutating func append(_ body: [UInt8]) {
        let padding = (4 - body.count % 4) % 4
        bytes += Self.little(UInt32(body.count + padding)) + body + [UInt8](repeating: 0, count: padding)
    }

    static func little(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}

enum Instruction {
    static let undefinedReturnAddress: [UInt8] = [0x07, 0x10]
    static func advance(_ bytes: UInt8) -> [UInt8] { [0x40 | bytes] }
    static func cfaOffset(_ offset: UInt8) -> [UInt8] { [0x0E, offset] }
    /// CFA = rsp + offset.
    static func cfaRSP(_ offset: UInt8) -> [UInt8] { [0x0C, 0x07, offset] }
    /// CFA = rbp + offset.
    static func cfaRBP(_ offset: UInt8) -> [UInt8] { [0x0C, 0x06, offset] }
    /// The return address is in another register.
    static func returnAddressInRegister(_ register: UInt8) -> [UInt8] { [0x09, 0x10, register] }
    /// Saved rbp at CFA - 8 × factor.
    static func rbpSaved(_ factor: UInt8) -> [UInt8] { [0x86, factor] }
    /// CFA = the 8 bytes at rbp - 8: what a function with a realigned stack has.
    static let cfaDereferencesRBP: [UInt8] = [0x0F, 0x03, 0x76, 0x78, 0x06]
}
