import PerfEvents
import TestSupport
import Testing

@Suite struct RecordDecoderTests {
    private let decoder = RecordDecoder(
        layout: SampleLayout(callGraph: .registersAndStack(bytes: 16), includesKernel: true))
    private let registers = (0..<UInt64(UserRegisters.count)).map { 0x100 + $0 }

    private func decode(_ record: [UInt8], _ body: (SampleView?) -> Void) {
        record.withUnsafeBytes { body(decoder.sample($0)) }
    }

    private func sideband(_ record: [UInt8]) -> SidebandRecord? {
        record.withUnsafeBytes { bytes in
            let header = RecordHeader(
                kind: RecordKind(rawValue: bytes.load(as: UInt32.self)),
                misc: bytes.load(fromByteOffset: 4, as: UInt16.self), byteCount: bytes.count)
            return decoder.sideband(bytes, header: header)
        }
    }

    @Test func sampleFieldsAreWhereTheKernelPutsThem() {
        let stack = [UInt8](0..<16)
        decode(RecordBytes.sample(chain: [5, 6, 7], registers: registers, stack: stack, copied: 8)) { sample in
            #expect(sample?.eventID == 41)
            #expect(sample?.pid == 10)
            #expect(sample?.tid == 11)
            #expect(sample?.time == 123_456)
            #expect(sample?.cpu == 3)
            #expect(sample?.period == 1_001_001)
            #expect(sample.map { Array($0.callchain) } == [5, 6, 7])
            #expect(sample?.registersABI == .bits64)
            // Only what the kernel says it copied, not what it reserved.
            #expect(sample.map { Array($0.stack) } == Array(stack.prefix(8)))
        }
    }

    #if arch(x86_64)
        @Test func registersAreReorderedToDWARF() {
            // The kernel's order: AX BX CX DX SI DI BP SP IP R8…R15.
            let kernelOrder: [UInt64] = [10, 11, 12, 13, 14, 15, 16, 17, 99, 20, 21, 22, 23, 24, 25, 26, 27]
            // DWARF's: RAX RDX RCX RBX RSI RDI RBP RSP R8…R15 and the return address.
            let dwarfOrder: [UInt64] = [10, 13, 12, 11, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25, 26, 27, 99]
            decode(RecordBytes.sample(registers: kernelOrder, stack: [])) { sample in
                var output = [UInt64](repeating: 0, count: UserRegisters.count)
                output.withUnsafeMutableBufferPointer { sample?.copyRegisters(to: $0) }
                #expect(output == dwarfOrder)
                #expect(output[UserRegisters.stackPointer] == 17)
                #expect(output[UserRegisters.programCounter] == 99)
            }
        }
    #endif

    @Test func sampleWithoutUserMemoryHasNoRegisters() {
        decode(RecordBytes.sample(chain: [1], abi: 0, registers: [], stack: [])) { sample in
            #expect(sample?.registersABI == UserRegisters.ABI.none)
            #expect(sample?.stack.isEmpty == true)
        }
    }

    @Test func everyTruncationIsRefusedOrStaysInside() {
        let whole = RecordBytes.sample(chain: [1, 2], registers: registers, stack: [UInt8](repeating: 9, count: 16))
        for length in 0..<whole.count {
            // A copy of exactly this many bytes: reading past it is caught by the allocator's checks or a crash.
            let cut = Array(whole.prefix(length))
            decode(cut) { sample in
                if let sample { #expect(sample.stack.count <= length) }
            }
        }
    }

    @Test func lyingLengthsAreRefused() {
        var whole = RecordBytes.sample(chain: [1, 2], registers: registers, stack: [UInt8](repeating: 9, count: 16))
        let chainCountOffset = 56
        for value in [UInt64.max, 1 << 61, 1 << 32, 1000] {
            withUnsafeBytes(of: value) { whole.replaceSubrange(chainCountOffset..<(chainCountOffset + 8), with: $0) }
            decode(whole) { #expect($0 == nil) }
        }
    }

    @Test func mappingsCarryFileAndRange() {
        var body = RecordBytes()
        body.add(Int32(5))
        body.add(Int32(6))
        for value in [0x7000, 0x2000, 0x1000] as [UInt64] { body.add(value) }
        body.add(UInt32(8))
        body.add(UInt32(1))
        body.add(UInt64(4242))
        body.add(UInt64(1))  // inode generation
        body.add(UInt32(5))  // protection
        body.add(UInt32(2))  // flags
        body.add(text: "/usr/lib/lib x.so")
        body.addTrailer()
        let expected = MappingRecord(
            task: TaskReference(pid: 5, tid: 6), start: 0x7000, length: 0x2000, fileOffset: 0x1000, deviceMajor: 8,
            deviceMinor: 1, inode: 4242, protection: 5, path: "/usr/lib/lib x.so")
        let record = body.record(type: 10)
        #expect(sideband(record) == .mapping(expected))
        #expect(record.withUnsafeBytes { RecordDecoder.time(of: $0, kind: .mmap2) } == 99)
    }

    @Test func execIsToldFromRename() {
        var body = RecordBytes()
        body.add(Int32(5))
        body.add(Int32(5))
        body.add(text: "engine")
        body.addTrailer()
        let task = TaskReference(pid: 5, tid: 5)
        #expect(sideband(body.record(type: 3)) == .comm(task, name: "engine", isExec: false))
        #expect(sideband(body.record(type: 3, misc: 1 << 13)) == .comm(task, name: "engine", isExec: true))
    }

    @Test func forkNamesChildAndParent() {
        var body = RecordBytes()
        for value in [20, 10, 21, 11] as [Int32] { body.add(value) }  // pid, ppid, tid, ptid
        body.add(UInt64(0))
        body.addTrailer()
        let expected = SidebandRecord.fork(
            child: TaskReference(pid: 20, tid: 21), parent: TaskReference(pid: 10, tid: 11))
        #expect(sideband(body.record(type: 7)) == expected)
    }
}
