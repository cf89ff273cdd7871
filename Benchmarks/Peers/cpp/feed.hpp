// ITCH 5.0 framing and decoding as every C++ book here uses it: one pass over {length (2, big-endian), message},
// a switch on the type byte, the length checked against the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace peers {

inline std::uint16_t u16(const std::uint8_t* p) {
    std::uint16_t v;
    std::memcpy(&v, p, sizeof v);
    return __builtin_bswap16(v);
}

inline std::uint32_t u32(const std::uint8_t* p) {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

inline std::uint64_t u64(const std::uint8_t* p) {
    std::uint64_t v;
    std::memcpy(&v, p, sizeof v);
    return __builtin_bswap64(v);
}

struct Counts {
    std::uint64_t messages = 0, unknown = 0, malformed = 0;
};

inline std::size_t wire_length(std::uint8_t type) {
    switch (type) {
        case 'S': case 'W': return 12;
        case 'D': case 'B': return 19;
        case 'Y': case 'N': return 20;
        case 'h': return 21;
        case 'X': return 23;
        case 'H': return 25;
        case 'L': return 26;
        case 'K': return 28;
        case 'E': return 31;
        case 'U': case 'V': case 'J': return 35;
        case 'A': case 'C': return 36;
        case 'R': return 39;
        case 'F': case 'Q': return 40;
        case 'P': return 44;
        case 'O': return 48;
        case 'I': return 50;
        default: return 0;
    }
}

// Book needs: add(ref, locate, is_bid, shares, price), execute(ref, shares), execute_at(ref, shares, price, printable),
// cancel(ref, shares), erase(ref), replace(old, new, shares, price).
template <typename Book>
Counts replay(const std::uint8_t* p, std::size_t size, Book& book) {
    Counts counts;
    std::size_t at = 0;
    while (size - at >= 2) {
        const std::size_t length = u16(p + at);
        if (length == 0 || length > size - at - 2) break;
        const std::uint8_t* m = p + at + 2;
        at += 2 + length;
        const std::size_t expected = wire_length(m[0]);
        if (expected != length) {
            ++(expected == 0 ? counts.unknown : counts.malformed);
            continue;
        }
        ++counts.messages;
        switch (m[0]) {
            case 'A': case 'F':
                book.add(u64(m + 11), u16(m + 1), m[19] == 'B', u32(m + 20), u32(m + 32));
                break;
            case 'E': book.execute(u64(m + 11), u32(m + 19)); break;
            case 'C': book.execute_at(u64(m + 11), u32(m + 19), u32(m + 32), m[31] == 'Y'); break;
            case 'X': book.cancel(u64(m + 11), u32(m + 19)); break;
            case 'D': book.erase(u64(m + 11)); break;
            case 'U': book.replace(u64(m + 11), u64(m + 19), u32(m + 27), u32(m + 31)); break;
            default: break;
        }
    }
    return counts;
}

// FNV-1a over 64-bit words, low byte first: the state digest of Sources/TradingHotPath/Book/StateDigest.swift.
struct Digest {
    std::uint64_t value = 14695981039346656037ull;
    void word(std::uint64_t w) {
        for (int i = 0; i < 8; ++i) value = (value ^ (w >> (8 * i) & 0xFF)) * 1099511628211ull;
    }
};

struct SideSummary {
    std::uint64_t best_price = 0, best_shares = 0, levels = 0, orders = 0;
};

// for_each_book calls visit(locate, bid summary, ask summary) by ascending locate.
template <typename Book>
std::uint64_t state_digest(const Book& book, std::uint64_t executed_shares, std::uint64_t executed_value) {
    Digest digest;
    std::uint64_t orders = 0, levels = 0;
    book.for_each_book([&](std::uint64_t locate, const SideSummary& bid, const SideSummary& ask) {
        if (bid.orders + ask.orders == 0) return;
        digest.word(locate);
        for (const SideSummary* side : {&bid, &ask}) {
            digest.word(side->best_price);
            digest.word(side->best_shares);
        }
        for (std::uint64_t n : {bid.levels, ask.levels, bid.orders, ask.orders}) digest.word(n);
        orders += bid.orders + ask.orders;
        levels += bid.levels + ask.levels;
    });
    digest.word(orders);
    digest.word(levels);
    digest.word(executed_shares);
    digest.word(executed_value);
    return digest.value;
}

}  // namespace peers
