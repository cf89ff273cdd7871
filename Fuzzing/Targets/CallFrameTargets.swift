internal import ProfileModel
internal import Unwinding

/// Where the tables are, and what the fuzzed module spans.
private let tableAddress = ModuleRelativeAddress(0x10000)
private let layout = UnwindModule.Layout(
    entryPoint: ModuleRelativeAddress(0x700), addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000),
    file: -1)

/// Asks for addresses near and far, and for those that the answers lead to.
func askForRows(_ module: UnwindModule, _ registers: CallFrameRegisters) {
    var address: UInt64 = 0
    for step in 0..<64 as Range<UInt64> {
        let asked = ModuleRelativeAddress(address)
        let start = module.functionStart(of: asked)
        _ = module.isOutermost(asked)
        _ = module.row(at: asked, registers)
        if let start {
            _ = module.row(at: start, registers)
            precondition(start.rawValue <= address, "a function that starts behind the address that it covers")
        }
        address = step < 48 ? address &+ 0x140 : address &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }
}

extension FuzzTarget {
    static let ehFrame = FuzzTarget("eh-frame") { bytes in
        for registers in [CallFrameRegisters.x86_64, .arm64] {
            let module = UnwindModule(
                ehFrame: Array(bytes), address: tableAddress, layout: layout, registers: registers)
            askForRows(module, registers)
        }
    }

    static let debugFrame = FuzzTarget("debug-frame") { bytes in
        let frames = Array(bytes)
        let module = UnwindModule(ehFrame: [], address: tableAddress, layout: layout, debugFrame: { frames })
        askForRows(module, .native)
    }

    /// Two bytes that say how long `.eh_frame_hdr` is, that section, and `.eh_frame`; read from a file. What the table
    /// leads to must be what the section says.
    static let ehFrameHeader = FuzzTarget("eh-frame-hdr") { bytes in
        var input = FuzzInput(bytes)
        let header = input.take(input.small())
        let frames = input.rest
        guard let file = MemoryFile(Array(header) + Array(frames)) else { return }
        var layout = layout
        layout.file = file.descriptor
        let address = ModuleRelativeAddress(tableAddress.rawValue &- 0x1000)
        let module = UnwindModule(
            ehFrame: .init(fileOffset: UInt64(header.count), size: UInt64(frames.count), address: tableAddress),
            ehFrameHeader: .init(fileOffset: 0, size: UInt64(header.count), address: address), layout: layout)
        askForRows(module, .native)
    }
}
