extension Int64 {
    /// The sum, held at the nearest limit: files may carry any number, and a report must not trap on them.
    package func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
