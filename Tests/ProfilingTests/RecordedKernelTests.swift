import Foundation
import PerfEvents
import ProfileModel
import Profiling
import Sampling
import Symbolization
import TestSupport
import Testing

/// Kernels that are not the running one: their build-id is made up.
@Suite struct RecordedKernelTests {
    private let folder: TemporaryFolder
    private let buildID = "aa11223344"

    init() throws { folder = try TemporaryFolder() }

    private func kernel(text: UInt64?) -> RecordedKernel {
        var facts = PerfDataFacts()
        facts.buildIDs["[kernel.kallsyms]"] = buildID
        var kernel = RecordedKernel(facts, directories: [folder.path])
        if let text {
            kernel.note(
                MappingRecord(
                    task: TaskReference(pid: -1, tid: 0), start: text, length: 1 << 24, fileOffset: text,
                    deviceMajor: 0,
                    deviceMinor: 0, inode: 0, protection: 4, path: "[kernel.kallsyms]_text"))
        }
        return kernel
    }

    private func writeSymbols() throws {
        let place = folder.file(".build-id/aa/11223344")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data("ffffffff81000000 T _text\nffffffff81000100 t do_one\n".utf8)
            .write(to: URL(fileURLWithPath: place + "/kallsyms"))
    }

    private func noSymbols(_ needsModules: Bool) -> KernelSymbols {
        Issue.record("the running kernel was asked")
        return KernelSymbols(kallsyms: [])
    }

    /// Host and release are this machine's, and the kernel was loaded elsewhere, as it is after a restart.
    @Test func theRunningBuildIsMovedToTheRecordedPlace() throws {
        var facts = PerfDataFacts()
        var name = utsname()
        uname(&name)
        facts.hostName = withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        facts.kernelRelease = withUnsafeBytes(of: name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        var kernel = RecordedKernel(facts, directories: [])
        #expect(kernel.isRunning)
        let place: UInt64 = 0xFFFF_FFFF_9000_0000
        kernel.note(
            MappingRecord(
                task: TaskReference(pid: -1, tid: 0), start: place, length: 1 << 24, fileOffset: place, deviceMajor: 0,
                deviceMinor: 0, inode: 0, protection: 4, path: "[kernel.kallsyms]_text"))
        let lookup = try #require(
            kernel.lookup(of: [VirtualAddress(place + 0x104)]) { needsModules in
                #expect(!needsModules)
                return KernelSymbols(
                    kallsyms: Array("ffffffff81000000 T _text\nffffffff81000100 t do_one\n".utf8))
            })
        #expect(lookup(VirtualAddress(place + 0x104))?.name == "do_one")
        #expect(lookup(VirtualAddress(0xFFFF_FFFF_8100_0104)) == nil)
    }

    @Test func isNamedByTheSymbolsOfItsBuildAtItsPlace() throws {
        try writeSymbols()
        let lookup = try #require(kernel(text: 0xFFFF_FFFF_9000_0000).lookup(of: [], running: noSymbols))
        #expect(lookup(VirtualAddress(0xFFFF_FFFF_9000_0104))?.name == "do_one")
    }

    @Test func nothingBeyondItsCodeIsNamed() throws {
        try writeSymbols()
        let lookup = try #require(kernel(text: 0xFFFF_FFFF_9000_0000).lookup(of: [], running: noSymbols))
        #expect(lookup(VirtualAddress(0xFFFF_FFFF_9000_0000 + (1 << 24))) == nil)
        #expect(lookup(VirtualAddress(0xFFFF_FFFF_8000_0000)) == nil)
    }

    @Test func isNotNamedWhenItsPlaceIsUnknown() throws {
        try writeSymbols()
        #expect(kernel(text: nil).lookup(of: [], running: noSymbols) == nil)
        #expect(kernel(text: 0).lookup(of: [], running: noSymbols) == nil)
    }

    @Test func isNeverNamedByTheRunningKernel() {
        let kernel = kernel(text: 0xFFFF_FFFF_8100_0000)
        #expect(!kernel.isRunning)
        #expect(kernel.lookup(of: [], running: noSymbols) == nil)
    }
}
