internal import CycleTiming

/// Displaces data and code from all caches before each operation.
final class ColdPreparer: Preparer {
    private let eviction: CacheEviction
    let estimatedTicks: Double
    let measuresResponse = false

    /// - Throws: ``TimingError`` when there is no memory for what displaces the caches.
    init() throws {
        eviction = try CacheEviction()
        let begin = ts_now_ticks()
        eviction.evictData()
        try? eviction.displaceCode()
        estimatedTicks = Double(ts_now_ticks() &- begin)
    }

    func prepare(operationTicks: Double) -> UInt64 {
        eviction.evictData()
        // Where no code may be made, only data is cold; the worker warns of it.
        if eviction.canDisplaceCode { try? eviction.displaceCode() }
        return 0
    }

    var displacesCode: Bool { eviction.canDisplaceCode }
}
