package import ProfileModel

/// An interactive flame graph in one SVG file, for any browser, without anything from outside.
///
/// Width is weight, the vertical axis is the stack, siblings are in name order. Frames grow upward from the thread's
/// entry; reversed, they hang down from each sample's leaf to its callers. Functions keep their color from one graph to
/// the next. Without scripts (in a viewer, on paper) it is a still picture.
package struct FlameGraphFormat: ProfileFormat {
    package let name = "flamegraph"
    package let fileExtensions = ["svg"]
    package let summary = "interactive SVG; opens in any browser"

    /// Heading; nil names the event.
    package var title: String?
    /// Callers of the leaves instead of callees of the entries.
    package var isReversed: Bool

    package init(title: String? = nil, isReversed: Bool = false) {
        self.title = title
        self.isReversed = isReversed
    }

    /// - Throws: ``FormatError`` when nothing has a width: no samples, or negative values.
    package func encode(_ profile: Profile) throws -> [UInt8] {
        guard let column = profile.valueColumn() else {
            throw FormatError(.inexpressible, "the profile has no values to draw")
        }
        if let negative = profile.samples.values[column].first(where: { $0 < 0 }) {
            throw FormatError(.inexpressible, "a sample weighs \(negative), which has no width in a flame graph")
        }
        let layout = FlameGraphLayout(profile, column: column, isReversed: isReversed)
        guard layout.total.value > 0 else {
            throw FormatError(
                .inexpressible, "the profile has no samples to draw; record for longer, or while it is busy")
        }
        let picture = FlameGraphPicture(
            profile, layout, title: title ?? defaultTitle(profile), values: ValueText(profile, column: column))
        return FlameGraphWriter(picture).write()
    }

    private func defaultTitle(_ profile: Profile) -> String {
        isReversed ? "Flame graph of callers" : "Flame graph"
    }
}
