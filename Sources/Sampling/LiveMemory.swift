internal import CTasks

/// The memory of a running process, read without stopping it.
package enum LiveMemory {
    /// Copies memory from an address upward.
    /// - Parameter buffer: receives as much as can be read at one stretch.
    /// - Returns: bytes copied; 0 when the process is gone or may not be read.
    package static func read(process pid: Int32, at address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int
    {
        max(0, Int(ts_read_memory(pid, address, buffer.baseAddress, buffer.count)))
    }
}
