internal import Glibc
internal import ProfileModel
internal import Synchronization

/// Names, encodes and writes snapshots on a thread of its own, so that the rings are drained meanwhile.
final class CheckpointWriter: Sendable {
    private struct State: Sendable {
        var isBusy = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    /// Used by one writing at a time: `isBusy` sees to that.
    nonisolated(unsafe) private let assembler: ProfileAssembler
    private let write: @Sendable (Profile) throws -> Void

    init(assembler: ProfileAssembler, write: @escaping @Sendable (Profile) throws -> Void) {
        self.assembler = assembler
        self.write = write
    }

    /// Starts writing a snapshot, unless one is still being written.
    func start(_ raw: RawProfile, metadata: Profile.Metadata) {
        let isFree = state.withLock { state in
            if state.isBusy { return false }
            state.isBusy = true
            return true
        }
        guard isFree else { return }
        startThread { [self] in
            let result = Result { try write(assembler.assemble(raw, metadata: metadata)) }
            state.withLock { state in
                if case .failure(let error) = result { state.failure = error }
                state.isBusy = false
            }
        }
    }

    /// Waits for a writing in progress, then builds the final profile.
    /// - Returns: what the last checkpoint threw, if it did: the disk may be full.
    func finish(_ raw: RawProfile, metadata: Profile.Metadata) -> Profile {
        while state.withLock({ $0.isBusy }) { usleep(2000) }
        return assembler.assemble(raw, metadata: metadata)
    }

    /// What was found on the way to names and is not used; to be asked after ``finish(_:metadata:)``.
    var nameWarnings: [String] { assembler.warnings }

    /// Takes the error of a checkpoint that could not be written.
    func takeFailure() -> (any Error)? {
        state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
    }
}
