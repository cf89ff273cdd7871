// The textbook book: orders in an unordered_map, levels in a std::map, queues in a std::list.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

#include "feed.hpp"

namespace peers {

class MapBook {
    struct Level;
    struct Order {
        std::uint64_t ref;
        std::uint32_t shares, price;
        std::uint16_t locate;
        bool is_bid;
    };
    struct Level {
        std::uint64_t shares = 0;
        std::list<Order> queue;
    };
    struct Sides {
        std::map<std::uint32_t, Level, std::greater<>> bids;
        std::map<std::uint32_t, Level> asks;
    };

  public:
    std::uint64_t executed_shares = 0, executed_value = 0;

    explicit MapBook(std::size_t) : books_(65536) { orders_.reserve(1 << 17); }

    void add(std::uint64_t ref, std::uint16_t locate, bool is_bid, std::uint32_t shares, std::uint32_t price) {
        Sides& book = books_[locate];
        Level& level = is_bid ? book.bids[price] : book.asks[price];
        level.shares += shares;
        level.queue.push_back(Order{ref, shares, price, locate, is_bid});
        orders_[ref] = std::prev(level.queue.end());
    }
    void execute(std::uint64_t ref, std::uint32_t shares) {
        const auto it = orders_.find(ref);
        if (it == orders_.end()) return;
        const std::uint32_t price = it->second->price;
        count(take(it, shares), price);
    }
    void execute_at(std::uint64_t ref, std::uint32_t shares, std::uint32_t price, bool printable) {
        const auto it = orders_.find(ref);
        if (it == orders_.end()) return;
        const std::uint32_t taken = take(it, shares);
        if (printable) count(taken, price);
    }
    void cancel(std::uint64_t ref, std::uint32_t shares) {
        const auto it = orders_.find(ref);
        if (it != orders_.end()) take(it, shares);
    }
    void erase(std::uint64_t ref) {
        const auto it = orders_.find(ref);
        if (it != orders_.end()) take(it, it->second->shares);
    }
    void replace(std::uint64_t old_ref, std::uint64_t new_ref, std::uint32_t shares, std::uint32_t price) {
        const auto it = orders_.find(old_ref);
        if (it == orders_.end()) return;
        const Order old = *it->second;
        take(it, old.shares);
        add(new_ref, old.locate, old.is_bid, shares, price);
    }
    template <typename Visit>
    void for_each_book(Visit visit) const {
        for (std::size_t i = 0; i < books_.size(); ++i) visit(i, summary(books_[i].bids), summary(books_[i].asks));
    }

  private:
    using Orders = std::unordered_map<std::uint64_t, std::list<Order>::iterator>;

    std::uint32_t take(Orders::iterator it, std::uint32_t shares) {
        Order& order = *it->second;
        if (shares > order.shares) shares = order.shares;
        Sides& book = books_[order.locate];
        if (order.is_bid) take(book.bids, it, shares); else take(book.asks, it, shares);
        return shares;
    }
    template <typename Levels>
    void take(Levels& levels, Orders::iterator it, std::uint32_t shares) {
        Order& order = *it->second;
        const auto level = levels.find(order.price);
        level->second.shares -= shares;
        order.shares -= shares;
        if (order.shares > 0) return;
        level->second.queue.erase(it->second);
        if (level->second.queue.empty()) levels.erase(level);
        orders_.erase(it);
    }
    void count(std::uint32_t shares, std::uint32_t price) {
        executed_shares += shares;
        executed_value += static_cast<std::uint64_t>(shares) * price;
    }
    template <typename Levels>
    static SideSummary summary(const Levels& levels) {
        SideSummary side;
        side.levels = levels.size();
        for (const auto& [price, level] : levels) side.orders += level.queue.size();
        if (!levels.empty()) {
            side.best_price = levels.begin()->first;
            side.best_shares = levels.begin()->second.shares;
        }
        return side;
    }

    std::vector<Sides> books_;
    Orders orders_;
};

}  // namespace peers
