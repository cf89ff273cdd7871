import Foundation
import Synchronization

/// Everything that a child writes to one pipe, read by a thread of its own.
package final class OutputCollector: Sendable {
    private struct State {
        var bytes = Data()
        var isComplete = false
    }

    private let state = Mutex(State())

    init(draining handle: FileHandle) {
        let thread = Thread { [self] in
            // read(2) itself: FileHandle's waits until it has all that was asked for.
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(handle.fileDescriptor, &chunk, chunk.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                state.withLock { $0.bytes.append(contentsOf: chunk[..<count]) }
            }
            state.withLock { $0.isComplete = true }
            try? handle.close()
        }
        thread.stackSize = 256 << 10
        thread.start()
    }

    package var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Lines that are not empty.
    package var lines: [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

    /// Lines whose end has been written.
    var completeLines: [Substring] {
        let text = text
        guard let end = text.lastIndex(where: \.isNewline) else { return [] }
        return text[..<end].split(whereSeparator: \.isNewline)
    }

    /// Waits until the pipe is closed. A grandchild that keeps it open is not waited for longer than `timeout`.
    func waitForEnd(timeout: Double) {
        let deadline = Date(timeIntervalSinceNow: timeout)
        while !state.withLock({ $0.isComplete }), Date() < deadline { usleep(1000) }
    }
}
