import Foundation
import ProfileModel
import Profiling
import TestSupport
import Testing

@Suite(.enabled(if: Capability.cCompiler, "no C compiler to build the fixtures with"))
struct MappedModuleTests {
    @Test func aFileOfAnotherBuildIsRefused() throws {
        let path = try Fixture.split.build()
        let module = MappedModule(
            path: path, kind: .executable, file: open(path, O_RDONLY | O_CLOEXEC), expectedBuildID: "abcdef0123")
        #expect(!module.isReadable)
        #expect(module.module.buildID == "abcdef0123")
        #expect(module.refusal?.contains("not abcdef0123; its frames stay unnamed") == true)
    }

    @Test func aFileOfTheBuildIsAccepted() throws {
        let path = try Fixture.split.build()
        let first = MappedModule(path: path, kind: .executable, file: open(path, O_RDONLY | O_CLOEXEC))
        let second = MappedModule(
            path: path, kind: .executable, file: open(path, O_RDONLY | O_CLOEXEC),
            expectedBuildID: first.module.buildID)
        #expect(second.isReadable)
        #expect(second.refusal == nil)
    }
}
