internal import Glibc

/// A file with given contents that is gone when nobody holds it: for readers that read from descriptors.
final class MemoryFile {
    let descriptor: Int32

    init?(_ bytes: [UInt8]) {
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var path = Array("\(folder)/tickscope-fuzz.XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
            guard count > 0 else { return nil }
            done += count
        }
    }

    /// Another descriptor of the file, owned by the caller.
    func duplicate() -> Int32 { dup(descriptor) }

    deinit { close(descriptor) }
}
