import Foundation
import ProfileModel
import Symbolization
import TestSupport
import Testing

@Suite(.enabled(if: Capability.cCompiler && Capability.hasTool("objcopy"), "a compiler or objcopy is missing"))
struct DebugFileSearchTests {
    private func run(_ script: String) throws {
        let program = try Program.run(["sh", "-ec", script], timeout: 60)
        guard try program.wait() == .exited(0) else { throw TestFailure("\(script): \(program.errors.text)") }
    }

    /// Where `hidden`, a function that only the full symbol table has, starts.
    private func address(of function: String, in binary: String) throws -> UInt64 {
        let listing = try Program.run(["nm", binary])
        for line in listing.output.text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 3, fields[2] == function, let address = UInt64(fields[0], radix: 16) { return address }
        }
        throw TestFailure("\(binary) has no \(function)")
    }

    private func name(
        of address: UInt64, in path: String, _ options: SymbolizationOptions = SymbolizationOptions()
    ) throws -> (name: String?, warnings: [String]) {
        let file = try #require(OpenFile(path: path))
        let symbols = ModuleSymbols(.file(file), path: path)
        let resolution = symbols.resolve(ModuleRelativeAddress(address), options)
        return (resolution.symbol?.name, symbols.warnings)
    }

    /// `whole`, and `stripped` without its symbols.
    private func prepare(_ folder: String, buildID: String) throws -> UInt64 {
        try run(
            """
            cd \(folder)
            printf '__attribute__((noinline)) static int hidden(int v) { __asm__ volatile(""); return v * 3; }
            int main(int c, char **v) { (void)v; return hidden(c); }' > a.c
            cc -O1 -g -Wl,--build-id=\(buildID) a.c -o whole
            cp whole stripped
            objcopy --only-keep-debug whole stripped.debug
            strip stripped
            """)
        return try address(of: "hidden", in: folder + "/whole")
    }

    @Test func filesAreFoundByBuildIDInAFolderOfTheUsers() throws {
        let folder = try TemporaryFolder()
        let address = try prepare(folder.path, buildID: "0x1122334455667788990011223344556677889900")
        let path = folder.path + "/stripped"
        #expect(try name(of: address, in: path).name != "hidden")
        try run(
            "cd \(folder.path); mkdir -p d/.build-id/11; mv stripped.debug d/.build-id/11/22334455667788990011223344556677889900.debug"
        )
        var options = SymbolizationOptions()
        options.debugDirectories = [folder.path + "/d"]
        let found = try name(of: address, in: path, options)
        #expect(found.name == "hidden")
        #expect(found.warnings.isEmpty)
    }

    @Test(arguments: ["", ".debug/"])
    func linkedFilesAreFoundNextToTheProgram(place: String) throws {
        let folder = try TemporaryFolder()
        let address = try prepare(folder.path, buildID: "none")
        try run(
            "cd \(folder.path); objcopy --add-gnu-debuglink=stripped.debug stripped; mkdir .debug; mv stripped.debug x; mv x ./\(place)stripped.debug"
        )
        #expect(try name(of: address, in: folder.path + "/stripped").name == "hidden")
    }

    @Test func aFileOfAnotherBuildIsNotTrusted() throws {
        let folder = try TemporaryFolder()
        let address = try prepare(folder.path, buildID: "0x1111111111")
        try run(
            """
            cd \(folder.path)
            cc -O1 -g -Wl,--build-id=0x2222222222 a.c -o other
            objcopy --only-keep-debug other stripped.debug
            objcopy --add-gnu-debuglink=stripped.debug stripped
            """)
        let found = try name(of: address, in: folder.path + "/stripped")
        #expect(found.name != "hidden")
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.contains("its build-id is 2222222222") == true, "\(found.warnings)")
    }

    @Test func aFileWithAnotherChecksumIsNotTrusted() throws {
        let folder = try TemporaryFolder()
        let address = try prepare(folder.path, buildID: "none")
        try run(
            "cd \(folder.path); objcopy --add-gnu-debuglink=stripped.debug stripped; printf x >> stripped.debug")
        let found = try name(of: address, in: folder.path + "/stripped")
        #expect(found.name != "hidden")
        #expect(found.warnings.first?.contains("its checksum differs") == true, "\(found.warnings)")
    }

    @Test(.enabled(if: Capability.hasTool("xz"), "xz is not installed"))
    func symbolsInsideTheFileAreUnpacked() throws {
        let folder = try TemporaryFolder()
        let address = try prepare(folder.path, buildID: "none")
        try run(
            """
            cd \(folder.path)
            echo hidden > kept
            objcopy -S --keep-symbols=kept whole mini
            xz mini
            objcopy --add-section .gnu_debugdata=mini.xz stripped
            """)
        #expect(try name(of: address, in: folder.path + "/stripped").name == "hidden")
        // Damage makes it nothing, not a crash.
        let packed = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/mini.xz"))
        var random = SplitMix(state: 9)
        for _ in 0..<200 {
            var broken = [UInt8](packed)
            broken[Int(random.next() % UInt64(broken.count))] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            _ = LzmaCoding.unpack(broken)
            _ = LzmaCoding.unpack(Array(broken.prefix(Int(random.next() % UInt64(broken.count)))))
        }
        #expect(LzmaCoding.unpack([1, 2, 3]) == nil)
    }
}
