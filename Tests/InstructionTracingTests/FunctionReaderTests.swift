import Benchmarking
import Foundation
import InstructionTracing
import ProfileFormats
import TestSupport
import Testing

/// Samples by function, and files of them that are none.
struct FunctionReaderTests {
    private func write(_ words: [UInt64], _ text: String = "") throws -> (folder: TemporaryFolder, path: String) {
        let folder = try TemporaryFolder()
        let path = folder.file("samples")
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) } }
        try Data(bytes + Array(text.utf8)).write(to: URL(fileURLWithPath: path))
        return (folder, path)
    }

    @Test func addressesAreCountedByTheFunctionThatTheyAreIn() throws {
        let handle = try #require(dlopen(nil, RTLD_NOW))
        let (one, other) = (try #require(dlsym(handle, "qsort")), try #require(dlsym(handle, "strtod")))
        let (a, b) = (UInt64(UInt(bitPattern: one)), UInt64(UInt(bitPattern: other)))
        // To its end: the kernel gives a page at a time, and says that the file is empty.
        let maps = try #require(try FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd())
        let file = try write(
            [SampledAddressFile.magic, 3, a, a + 1, b, 5, 7, 11], String(decoding: maps, as: UTF8.self))
        let counts = try FunctionReader().samples(in: file.path)
        #expect(counts.values.sorted() == [11, 12])
        let named = Dictionary(uniqueKeysWithValues: counts.map { ($0.value, $0.key) })
        #expect(named[12]?.name.contains("qsort") == true, "\(counts)")
        #expect(named[12]?.module.hasPrefix("libc") == true)
    }

    @Test(
        arguments: [
            [], [1, 2], [SampledAddressFile.magic], [SampledAddressFile.magic, 2, 1, 1],
            [SampledAddressFile.magic, .max],
        ] as [[UInt64]])
    func whatIsNoFileOfSamplesIsRefused(_ words: [UInt64]) throws {
        let file = try write(words)
        let error = #expect(throws: FormatError.self) { try FunctionReader().samples(in: file.path) }
        #expect(error?.description.contains("rebuild it") == true)
    }

    @Test func noSamplesAndAddressesInNoModule() throws {
        let none = try write([SampledAddressFile.magic, 0])
        #expect(try FunctionReader().samples(in: none.path).isEmpty)
        let lost = try write([SampledAddressFile.magic, 1, 0x1234, .max])
        #expect(try FunctionReader().samples(in: lost.path).values.map { $0 } == [1 << 40])
        #expect(throws: (any Error).self) { try FunctionReader().samples(in: "/nonexistent") }
    }
}
