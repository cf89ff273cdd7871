internal import CSystem
internal import ProfileModel
internal import Synchronization

/// Writes to a descriptor on a thread of its own, through buffers that are used in turn. Used by one thread.
final class BackgroundWriter {
    /// What both threads use.
    private final class Shared: Sendable {
        struct State {
            /// Filled buffers, the next one to write first, and empty ones.
            var filled: [Buffer] = []
            var empty: [Buffer] = []
            /// Bytes that the disk has not been told to begin with.
            var unsynced = 0
            var error: FileError?
        }

        let descriptor: Int32
        let path: String
        let state: Mutex<State>
        /// Posted for each filled buffer and at the end; for each empty one.
        let ready = Semaphore()
        let room = Semaphore()

        init(_ descriptor: Int32, path: String) {
            self.descriptor = descriptor
            self.path = path
            let buffers = (0..<BackgroundWriter.bufferCount).map { _ in Buffer() }
            state = Mutex(State(empty: buffers))
            for _ in buffers { room.signal() }
        }

        deinit { state.withLock { state in for buffer in state.filled + state.empty { buffer.bytes.deallocate() } } }

        func run() {
            while true {
                ready.wait()
                let next = state.withLock { state in state.filled.isEmpty ? nil : state.filled.removeFirst() }
                guard var buffer = next else { return }
                write(buffer)
                buffer.count = 0
                state.withLock { $0.empty.append(buffer) }
                room.signal()
            }
        }

        /// Does nothing once something has failed.
        func write(_ buffer: Buffer) {
            guard state.withLock({ $0.error == nil }) else { return }
            do throws(FileError) {
                try Descriptor.writeAll(
                    UnsafeRawBufferPointer(rebasing: buffer.bytes[..<buffer.count]), to: descriptor, path: path)
                // The disk begins now and then, so that whoever syncs a file waits for the last part alone.
                let isDue = state.withLock { state in
                    state.unsynced += buffer.count
                    guard state.unsynced >= BackgroundWriter.writebackSize else { return false }
                    state.unsynced = 0
                    return true
                }
                if isDue { ts_begin_writeback(descriptor) }
            } catch {
                state.withLock { $0.error = error }
            }
        }
    }

    /// Used by whoever has it, one thread at a time.
    private struct Buffer: @unchecked Sendable {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: BackgroundWriter.bufferSize, alignment: 64)
        var count = 0
    }

    // Together less than a processor's second cache.
    private static let bufferSize = 256 << 10
    private static let bufferCount = 3
    // Each time costs as much as writing a buffer.
    private static let writebackSize = 4 << 20

    private let shared: Shared
    private let thread: JoinableThread?
    private var buffer: Buffer

    init(_ descriptor: Int32, path: String) {
        let shared = Shared(descriptor, path: path)
        self.shared = shared
        thread = JoinableThread { shared.run() }
        shared.room.wait()
        buffer = shared.state.withLock { $0.empty.removeLast() }
    }

    /// - Throws: ``FileError`` of what was written before.
    func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(buffer.bytes.count - buffer.count)
            UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[buffer.count...]).copyBytes(from: piece)
            buffer.count += piece.count
            rest = rest.dropFirst(piece.count)
            if buffer.count == buffer.bytes.count { try handOver() }
        }
    }

    private func handOver() throws(FileError) {
        if let error = shared.state.withLock({ $0.error }) { throw error }
        guard thread != nil else {
            // The system has no room for another thread.
            shared.write(buffer)
            buffer.count = 0
            return
        }
        let full = buffer
        shared.state.withLock { $0.filled.append(full) }
        shared.ready.signal()
        shared.room.wait()
        buffer = shared.state.withLock { $0.empty.removeLast() }
    }

    /// Writes what is left.
    /// - Throws: ``FileError``.
    func finish() throws(FileError) {
        var failure: FileError?
        do throws(FileError) { if buffer.count > 0 { try handOver() } } catch { failure = error }
        stop()
        if let error = failure ?? shared.state.withLock({ $0.error }) { throw error }
    }

    /// Ends the thread when it has written what it was given.
    func stop() {
        shared.ready.signal()
        thread?.join()
        buffer.bytes.deallocate()
    }
}
