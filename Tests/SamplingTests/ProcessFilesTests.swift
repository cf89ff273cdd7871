import Glibc
import Sampling
import Testing

@Suite struct ProcessFilesTests {
    static let ownPID = getpid()

    @Test func ownTasksIncludeTheMainThread() throws {
        #expect(try #require(ProcessFiles.tasks(of: Self.ownPID)).contains(Self.ownPID))
        #expect(ProcessFiles.process(ofThread: Self.ownPID) == Self.ownPID)
    }

    @Test func deadProcessHasNoTasks() {
        #expect(ProcessFiles.tasks(of: .max) == nil)
        #expect(ProcessFiles.status(of: .max) == nil)
    }

    @Test func kernelThreadsAreTold() throws {
        // pid 2 is kthreadd outside of a pid namespace.
        guard let status = ProcessFiles.status(of: 2), status.name == "kthreadd" else { return }
        #expect(status.isKernelThread)
        #expect(try !#require(ProcessFiles.status(of: Self.ownPID)).isKernelThread)
    }
}
