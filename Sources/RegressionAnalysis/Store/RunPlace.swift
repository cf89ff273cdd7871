internal import GRDB

/// Where a run belongs among the others, when that is not the end.
enum RunPlace {
    /// Runs of one commit on one branch share a place, whichever machine they come from.
    /// - Parameter successors: commits that come after the run's.
    /// - Returns: nil for the end.
    static func find(_ origin: RunOrigin, before successors: [String], _ database: Database) throws -> Double? {
        guard let commit = origin.commit else { return nil }
        let own = try Double.fetchOne(
            database,
            sql: "SELECT max(coalesce(place, id)) FROM run WHERE commitID = ? AND branch IS ?",
            arguments: [commit, origin.branch])
        if let own { return own }
        var next: Double?
        for successor in successors {
            let place = try Double.fetchOne(
                database.cachedStatement(
                    sql: "SELECT min(coalesce(place, id)) FROM run WHERE commitID = ? AND branch IS ?"),
                arguments: [successor, origin.branch])
            if let place { next = min(next ?? place, place) }
        }
        guard let next else { return nil }
        let previous = try Double.fetchOne(
            database,
            sql: """
                SELECT max(coalesce(place, id)) FROM run
                WHERE branch IS ? AND coalesce(place, id) < ?
                """, arguments: [origin.branch, next])
        return ((previous ?? next - 1) + next) / 2
    }
}

extension SQLiteStore {
    /// Commits that come after that of a run which is to be saved, when it is an earlier one than the store has of its
    /// branch: what a git repository says about it.
    /// - Returns: none when it is the newest, or git does not know.
    package func laterCommits(than origin: RunOrigin, in folder: String) throws -> [String] {
        guard let commit = origin.commit else { return [] }
        let newest = try read { database -> String? in
            let own = try Int64.fetchOne(
                database, sql: "SELECT 1 FROM run WHERE commitID = ? AND branch IS ? LIMIT 1",
                arguments: [commit, origin.branch])
            guard own == nil else { return nil }
            return try String.fetchOne(
                database,
                sql: """
                    SELECT commitID FROM run WHERE branch IS ? AND commitID IS NOT NULL
                    ORDER BY coalesce(place, id) DESC LIMIT 1
                    """, arguments: [origin.branch])
        }
        guard let newest, newest != commit, let repository = try? GitRepository(folder),
            let here = repository.commit(commit), let last = repository.commit(newest), here != last
        else { return [] }
        return repository.descendants(of: here, upTo: last)
    }
}
