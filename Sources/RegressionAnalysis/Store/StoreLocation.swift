internal import Glibc

/// Which file a store is in when none is named.
package enum StoreLocation {
    package static let usual = ".tickscope/store.sqlite"

    /// The nearest `.tickscope/store.sqlite` in a folder or above it; where there is none, the one to make there.
    /// - Parameter folder: absolute.
    package static func find(from folder: String) -> String {
        var here = folder
        while true {
            let path = (here == "/" ? "" : here) + "/" + usual
            if access(path, F_OK) == 0 { return path }
            guard here != "/", let slash = here.lastIndex(of: "/") else { break }
            here = slash == here.startIndex ? "/" : String(here[..<slash])
        }
        return (folder == "/" ? "" : folder) + "/" + usual
    }

    /// The working folder.
    package static func workingFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
