// The C++ core of PyPI's itch-book (MIT), from its own headers: PEERS_ITCH_BOOK names their place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <itch/book_manager.hpp>
#include <itch/parser.hpp>

#include "feed.hpp"

namespace peers {

inline std::span<const std::byte> view(const std::vector<std::uint8_t>& bytes) {
    return std::as_bytes(std::span(bytes));
}

// The checksum of its own parse benchmark: the fields a book reads.
struct ItchDecode {
    std::uint64_t sum = 0;
    void on_add(const itch::AddOrder& m) { sum += m.ref + static_cast<std::uint64_t>(m.price.raw()) + m.shares; }
    void on_execute(const itch::OrderExecuted& m) { sum += m.ref + m.shares; }
    void on_execute_price(const itch::OrderExecutedPrice& m) {
        sum += m.ref + m.shares + static_cast<std::uint64_t>(m.price.raw());
    }
    void on_cancel(const itch::OrderCancel& m) { sum += m.ref + m.shares; }
    void on_delete(const itch::OrderDelete& m) { sum += m.ref; }
    void on_replace(const itch::OrderReplace& m) {
        sum += m.old_ref + m.new_ref + m.shares + static_cast<std::uint64_t>(m.price.raw());
    }
    std::uint64_t replay(const std::vector<std::uint8_t>& bytes) { return itch::parse(view(bytes), *this).messages; }
};

template <typename Store>
class ItchBook {
    struct Executions {
        std::uint64_t* sums;
        void operator()(const itch::TradePrint& print) const {
            if (print.source != 'E' && print.source != 'C') return;
            sums[0] += print.shares;
            sums[1] += print.shares * static_cast<std::uint64_t>(print.price.raw());
        }
    };
    struct NoQuotes {
        void operator()(std::uint16_t, const itch::Bbo&) const {}
    };

  public:
    std::uint64_t replay(const std::vector<std::uint8_t>& bytes) { return itch::parse(view(bytes), books_).messages; }

    // Executions are not counted while the clock runs: a second set of books follows the stream for them.
    std::uint64_t digest(const std::vector<std::uint8_t>& bytes) const {
        std::uint64_t sums[2] = {0, 0};
        itch::BookManager<NoQuotes, itch::Book<Store>, Executions> twin(NoQuotes{}, Executions{sums});
        itch::parse(view(bytes), twin);
        return state_digest(*this, sums[0], sums[1]);
    }

    template <typename Visit>
    void for_each_book(Visit visit) const {
        for (std::size_t i = 0; i < books_.book_count(); ++i) {
            const auto& book = *books_.book(static_cast<std::uint16_t>(i));
            visit(i, summary(book, true), summary(book, false));
        }
    }

  private:
    static SideSummary summary(const itch::Book<Store>& book, bool is_bid) {
        SideSummary side;
        side.levels = book.side(is_bid).size();
        for (const auto& entry : book.side(is_bid)) side.orders += book.level(entry.level).orders;
        itch::Top top;
        if (book.top(is_bid, top)) {
            side.best_price = static_cast<std::uint64_t>(top.price.raw());
            side.best_shares = top.shares;
        }
        return side;
    }

    itch::BookManager<std::nullptr_t, itch::Book<Store>> books_;
};

}  // namespace peers
