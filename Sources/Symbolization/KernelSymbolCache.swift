internal import Glibc

/// Keeps the functions of the running kernel between two runs: the kernel takes some 45 ms to write them out.
///
/// One file of this user and this boot, `kernel-symbols` in `$XDG_CACHE_HOME/tickscope` or `~/.cache/tickscope`. It holds
/// the kernel's own code, which stays where it is until the machine is started again, and no modules, which come and go.
/// Addresses in the kernel are a secret between a user and the kernel: only the owner may read it (0600 in a folder 0700),
/// and a program that has more rights than its user neither reads nor writes it. What is damaged, of another boot or of
/// another owner is not used. It may be deleted at any time.
package struct KernelSymbolCache {
    /// The kernel's code.
    struct Table {
        var covered: Range<UInt64>
        var starts: [UInt64]
        /// Where in the text each name is; names end with a line feed.
        var names: [UInt32]
        var text: [UInt8]
    }

    /// Magic, checksum of the rest, size of the key, count, size of the text, 4 bytes each; start and end, 8 bytes each.
    private static let headerSize = 40
    private static let magic: UInt64 = 0x3253_4B45_5043_5354
    private static let largestSize = 64 << 20

    private let folder: String
    private let key: [UInt8]
    private var path: String { folder + "/kernel-symbols" }

    /// The cache of this user and this boot; nil when there must be none.
    package init?() {
        guard !Self.hasMoreRightsThanUser, let boot = Self.contents(of: "/proc/sys/kernel/random/boot_id"),
            let notes = Self.contents(of: "/sys/kernel/notes")
        else { return nil }
        let variable = { (name: String) in
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        guard let parent = variable("XDG_CACHE_HOME") ?? variable("HOME").map({ $0 + "/.cache" }) else { return nil }
        self.init(folder: parent + "/tickscope", key: boot + notes)
    }

    /// - Parameter key: what the table is of; at most some kilobytes.
    package init(folder: String, key: [UInt8]) {
        self.folder = folder
        self.key = key
    }

    /// Whether the program's file gave it rights that its user does not have (AT_SECURE, 23, in the vector of pairs).
    private static var hasMoreRightsThanUser: Bool {
        guard let vector = contents(of: "/proc/self/auxv") else { return true }
        return vector.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - 15, by: 16).contains {
                bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) == 23
                    && bytes.loadUnaligned(fromByteOffset: $0 + 8, as: UInt64.self) != 0
            }
        }
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = OpenFile(path: path) else { return nil }
        let bytes = SectionBytes(file: file.descriptor, offset: 0, count: 1 << 14).contents
        return bytes.isEmpty ? nil : bytes
    }

    // MARK: Reading

    func load() -> Table? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let file = OpenFile(descriptor)
        guard Self.isPrivate(descriptor, S_IFREG), file.size <= UInt64(Self.largestSize) else { return nil }
        let bytes = SectionBytes(file: descriptor, offset: 0, count: file.size).contents
        return bytes.withUnsafeBytes { table($0, file: bytes) }
    }

    /// Whether a file or folder is of our user, and of nobody else.
    private static func isPrivate(_ descriptor: Int32, _ kind: mode_t) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == kind && status.st_uid == geteuid()
            && status.st_mode & 0o077 == 0
    }

    /// - Parameter file: the bytes, for the table to keep.
    private func table(_ bytes: UnsafeRawBufferPointer, file: [UInt8]) -> Table? {
        var header = ByteCursor(bytes)
        let magic = header.u64()
        let checksum = header.u32()
        let (keySize, count, textSize) = (Int(header.u32()), Int(header.u32()), Int(header.u32()))
        let (low, high) = (header.u64(), header.u64())
        guard header.isValid, magic == Self.magic, low < high,
            Self.headerSize + keySize + 8 * count + textSize == bytes.count, count > 0,
            Self.checksum(UnsafeRawBufferPointer(rebasing: bytes[12...])) == checksum,
            bytes[Self.headerSize..<(Self.headerSize + keySize)].elementsEqual(key)
        else { return nil }
        let first = Self.headerSize + keySize
        let number = { (index: Int) in bytes.loadUnaligned(fromByteOffset: first + 4 * index, as: UInt32.self) }
        let starts = (0..<count).map { low &+ UInt64(number($0)) }
        guard (count..<(2 * count)).allSatisfy({ number($0) < textSize }) else { return nil }
        // The names stay where they are: they are most of the file.
        let text = UInt32(first + 8 * count)
        let names = (count..<(2 * count)).map { number($0) + text }
        return Table(covered: low..<high, starts: starts, names: names, text: file)
    }

    /// Tells damage, as a CRC does, but by words and not by bytes: four independent sums, each bit of which depends on
    /// all that came before it.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sums: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        let mix = { (sum: UInt64, word: UInt64) in
            let product = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
            return product ^ product >> 29
        }
        let word = { (offset: Int) in bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        var offset = 0
        while bytes.count - offset >= 32 {
            sums.0 = mix(sums.0, word(offset))
            sums.1 = mix(sums.1, word(offset + 8))
            sums.2 = mix(sums.2, word(offset + 16))
            sums.3 = mix(sums.3, word(offset + 24))
            offset += 32
        }
        for byte in bytes[offset...] { sums.0 = mix(sums.0, UInt64(byte)) }
        let sum = mix(mix(mix(sums.0, sums.1), sums.2), sums.3)
        return UInt32(truncatingIfNeeded: sum ^ sum >> 32)
    }

    // MARK: Writing

    /// Replaces the file; does nothing where that is not possible.
    func store(_ table: Table) {
        let file = bytes(of: table)
        guard file.count <= Self.largestSize, let directory = openFolder() else { return }
        // One writer at a time; a writer that was killed leaves a file that the next one uses.
        let temporary = "kernel-symbols.tmp"
        let descriptor = openat(
            directory.descriptor, temporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return }
        let output = OpenFile(descriptor)
        guard Self.isPrivate(descriptor, S_IFREG), flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        // It may have become the file itself between opening and locking it.
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, fstatat(directory.descriptor, temporary, &named, AT_SYMLINK_NOFOLLOW) == 0,
            own.st_ino == named.st_ino, own.st_dev == named.st_dev, ftruncate(descriptor, 0) == 0
        else { return }
        let isWritten = file.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = write(output.descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
        if isWritten {
            renameat(directory.descriptor, temporary, directory.descriptor, "kernel-symbols")
        } else {
            unlinkat(directory.descriptor, temporary, 0)
        }
    }

    private func openFolder() -> OpenFile? {
        let parent = DebugFileSearch.folder(of: folder)
        // A folder of another user, such as under sudo, is not ours to write to.
        var status = stat()
        if stat(parent, &status) != 0 {
            guard mkdir(parent, 0o700) == 0, stat(parent, &status) == 0 else { return nil }
        }
        guard status.st_uid == geteuid() else { return nil }
        mkdir(folder, 0o700)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        let file = OpenFile(descriptor)
        return Self.isPrivate(descriptor, S_IFDIR) ? file : nil
    }

    private func bytes(of table: Table) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + key.count + 8 * table.starts.count + table.text.count)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.magic)
        append(UInt32(0))
        append(UInt32(key.count))
        append(UInt32(table.starts.count))
        append(UInt32(table.text.count))
        append(table.covered.lowerBound)
        append(table.covered.upperBound)
        bytes += key
        for start in table.starts { append(UInt32(truncatingIfNeeded: start &- table.covered.lowerBound)) }
        for name in table.names { append(name) }
        bytes += table.text
        let checksum = bytes.withUnsafeBytes { Self.checksum(UnsafeRawBufferPointer(rebasing: $0[12...])) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(8..<12, with: $0) }
        return bytes
    }
}
