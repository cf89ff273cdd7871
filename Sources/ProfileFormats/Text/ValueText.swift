internal import ProfileModel

/// Writes the values of one column for people.
struct ValueText {
    let type: SampleType
    /// Decimals of percentages.
    let decimals: Int
    let total: Weight

    init(_ profile: Profile, column: Int) {
        type = profile.sampleTypes[column]
        total = profile.totalWeight(column: column)
        let counted = profile.sampleCountColumn != nil ? total.samples : Int64(profile.samples.count)
        decimals = NumberText.percentDecimals(samples: counted)
    }

    /// Whether the column itself counts samples.
    var countsSamples: Bool { type.unit == "count" && type.name == "samples" }

    /// With its unit.
    func value(_ value: Int64) -> String {
        switch type.unit {
        case "nanoseconds", "ns": NumberText.duration(nanoseconds: value)
        case "bytes": "\(NumberText.grouped(value)) bytes"
        case "count": "\(NumberText.grouped(value)) \(type.name)"
        default: "\(NumberText.grouped(value)) \(type.unit)"
        }
    }

    /// For a table column: no unit that the head can carry.
    func cell(_ value: Int64) -> String {
        switch type.unit {
        case "nanoseconds", "ns": NumberText.duration(nanoseconds: value)
        default: NumberText.grouped(value)
        }
    }

    func percent(_ weight: Weight) -> String {
        NumberText.percent(weight.share(of: total), decimals: decimals)
    }

    /// Value, samples and share of all, for instance `1.20 s, 1,198 samples (12.0%)`.
    func full(_ weight: Weight) -> String {
        let samples = countsSamples || weight.samples == 0 ? "" : ", \(NumberText.grouped(weight.samples)) samples"
        return "\(value(weight.value))\(samples) (\(percent(weight)))"
    }
}
