/// Numbers of the DWARF standard, version 5 (dwarfstd.org, chapter 7), and of GNU's extensions to version 4.
enum DwarfTag {
    static let classType: UInt16 = 0x02
    static let structureType: UInt16 = 0x13
    static let unionType: UInt16 = 0x17
    static let namespace: UInt16 = 0x39
    static let inlinedSubroutine: UInt16 = 0x1D
    static let subprogram: UInt16 = 0x2E
}

enum DwarfAttribute {
    static let sibling: UInt16 = 0x01
    static let name: UInt16 = 0x03
    static let statementList: UInt16 = 0x10
    static let lowPC: UInt16 = 0x11
    static let highPC: UInt16 = 0x12
    static let compilationDirectory: UInt16 = 0x1B
    static let abstractOrigin: UInt16 = 0x31
    static let declarationFile: UInt16 = 0x3A
    static let declarationLine: UInt16 = 0x3B
    static let declaration: UInt16 = 0x3C
    static let specification: UInt16 = 0x47
    static let ranges: UInt16 = 0x55
    static let callColumn: UInt16 = 0x57
    static let callFile: UInt16 = 0x58
    static let callLine: UInt16 = 0x59
    static let linkageName: UInt16 = 0x6E
    static let stringOffsetsBase: UInt16 = 0x72
    static let addressBase: UInt16 = 0x73
    static let rangeListsBase: UInt16 = 0x74
    static let dwoName: UInt16 = 0x76
    static let mipsLinkageName: UInt16 = 0x2007
    static let gnuDwoName: UInt16 = 0x2130
    static let gnuDwoID: UInt16 = 0x2131
    static let gnuRangesBase: UInt16 = 0x2132
    static let gnuAddressBase: UInt16 = 0x2133
}

enum DwarfUnitType {
    static let compile: UInt8 = 1
    static let type: UInt8 = 2
    static let partial: UInt8 = 3
    static let skeleton: UInt8 = 4
    static let splitCompile: UInt8 = 5
    static let splitType: UInt8 = 6
}
