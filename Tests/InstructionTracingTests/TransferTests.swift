import Foundation
import InstructionTracing
import TestSupport
import Testing

@Suite("What an instruction does to the order of execution")
struct TransferTests {
    static let knownBytes: [([UInt8], Transfer)] = [
        ([0xE8, 0x10, 0, 0, 0], .call), ([0xE8, 0, 0, 0, 0], .none), ([0x67, 0xE8, 1, 0, 0, 0], .call),
        ([0xFF, 0xD0], .call), ([0x41, 0xFF, 0xD3], .call), ([0xFF, 0x15, 1, 2, 3, 4], .call),
        ([0x3E, 0xFF, 0xD0], .call), ([0xF2, 0xFF, 0x15, 1, 2, 3, 4], .call), ([0xFF, 0x18], .call),
        ([0xFF, 0x25, 1, 2, 3, 4], .none), ([0x3E, 0xFF, 0xE0], .none), ([0x41, 0xFF, 0xE3], .none),
        ([0xFF, 0xC0], .none), ([0xFF, 0x34, 0x24], .none),
        ([0xC3], .return), ([0xF3, 0xC3], .return), ([0xF2, 0xC3], .return), ([0xC2, 8, 0], .return),
        ([0x48, 0xCB], .return), ([0x55], .none), ([0xF3, 0x0F, 0x1E, 0xFA], .none), ([0x48, 0x89, 0xE5], .none),
        // An operand that looks like a call; the middle of nothing.
        ([0xB8, 0xE8, 1, 0, 0], .none), ([], .unknown), ([0xFF], .unknown), ([0x66, 0x66, 0x66], .unknown),
        ([UInt8](repeating: 0x66, count: 15) + [0xC3], .unknown),
    ]

    @Test("is told by its bytes", arguments: knownBytes)
    func examples(bytes: [UInt8], expected: Transfer) { #expect(Transfer(bytes) == expected) }

    @Test("is what objdump says, in all code of the dynamic linker", .enabled(if: Capability.hasTool("objdump")))
    func disassembly() throws {
        let path = "/lib64/ld-linux-x86-64.so.2"
        let dump = try Program.run(["objdump", "-d", "--insn-width=16", path], timeout: 60)
        var counts: [Transfer: Int] = [:]
        for line in dump.output.lines {
            let fields = line.split(separator: "\t")
            guard fields.count >= 3, fields[0].hasSuffix(":") else { continue }
            let bytes = fields[1].split(separator: " ").compactMap { UInt8($0, radix: 16) }
            let words = fields[2].split(separator: " ")
            guard let mnemonic = words.first(where: { !["bnd", "notrack", "repz", "data16", "cs"].contains($0) }) else {
                continue
            }
            let expected: Transfer =
                switch mnemonic {
                case "call", "lcall": .call
                case "ret", "lret", "retq": .return
                default: .none
                }
            counts[expected, default: 0] += 1
            #expect(Transfer(bytes) == expected, "\(line)")
        }
        #expect(counts[.call, default: 0] > 500 && counts[.return, default: 0] > 200)
        #expect(counts[.none, default: 0] > 10_000)
    }
}
