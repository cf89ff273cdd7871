// What a careful engineer writes in C++: orders in a pool found by paged reference, queues through the order slots,
// levels in a pool found by handle, prices in a sorted vector a side with the best at the back. Everything that can be
// reserved is; nothing is released while replaying.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "feed.hpp"

namespace peers {

class ArrayBook {
    static constexpr unsigned page_bits = 8;
    struct Order {
        std::uint32_t newer, older, shares, level;
        std::uint64_t ref;
    };
    struct Level {
        std::uint64_t shares;
        std::uint32_t key, orders, oldest, newest, ladder;
    };
    struct Rung {
        std::uint32_t key, level;
    };
    struct Page {
        std::uint32_t page, live;
    };

  public:
    std::uint64_t executed_shares = 0, executed_value = 0;

    explicit ArrayBook(std::uint64_t max_ref)
        : ladders_(2 * 65536), directory_((max_ref >> page_bits) + 1), orders_(1), levels_(1) {
        pages_.resize(std::size_t{1} << page_bits);
        orders_.reserve(1 << 17);
        levels_.reserve(1 << 17);
    }

    void add(std::uint64_t ref, std::uint16_t locate, bool is_bid, std::uint32_t shares, std::uint32_t price) {
        insert(ref, locate * 2u + (is_bid ? 0 : 1), shares, is_bid ? price : ~price);
    }
    void execute(std::uint64_t ref, std::uint32_t shares) {
        const std::uint32_t handle = find(ref);
        if (handle == 0) return;
        const Level& level = levels_[orders_[handle].level];
        const std::uint32_t price = level.ladder & 1 ? ~level.key : level.key;
        count(reduce(handle, shares), price);
    }
    void execute_at(std::uint64_t ref, std::uint32_t shares, std::uint32_t price, bool printable) {
        const std::uint32_t handle = find(ref);
        if (handle == 0) return;
        const std::uint32_t taken = reduce(handle, shares);
        if (printable) count(taken, price);
    }
    void cancel(std::uint64_t ref, std::uint32_t shares) {
        if (const std::uint32_t handle = find(ref)) reduce(handle, shares);
    }
    void erase(std::uint64_t ref) {
        if (const std::uint32_t handle = find(ref)) remove(handle);
    }
    void replace(std::uint64_t old_ref, std::uint64_t new_ref, std::uint32_t shares, std::uint32_t price) {
        const std::uint32_t handle = find(old_ref);
        if (handle == 0) return;
        const std::uint32_t ladder = levels_[orders_[handle].level].ladder;
        remove(handle);
        insert(new_ref, ladder, shares, ladder & 1 ? ~price : price);
    }
    template <typename Visit>
    void for_each_book(Visit visit) const {
        for (std::size_t i = 0; i < ladders_.size(); i += 2) visit(i / 2, summary(i), summary(i + 1));
    }

  private:
    std::uint32_t find(std::uint64_t ref) const {
        const std::uint64_t page = ref >> page_bits;
        return page < directory_.size() ? pages_[cell(ref, directory_[page].page)] : 0;
    }
    static std::size_t cell(std::uint64_t ref, std::uint32_t page) {
        return std::size_t{page} << page_bits | (ref & ((1u << page_bits) - 1));
    }
    void insert(std::uint64_t ref, std::uint32_t index, std::uint32_t shares, std::uint32_t key) {
        Page& page = directory_[ref >> page_bits];
        if (page.page == 0) page.page = take_page();
        ++page.live;
        const std::uint32_t handle = take(orders_, free_orders_);
        pages_[cell(ref, page.page)] = handle;
        std::vector<Rung>& ladder = ladders_[index];
        std::size_t at = ladder.size();
        while (at > 0 && ladder[at - 1].key > key) --at;
        std::uint32_t found;
        if (at > 0 && ladder[at - 1].key == key) {
            found = ladder[at - 1].level;
        } else {
            found = take(levels_, free_levels_);
            levels_[found] = Level{0, key, 0, 0, 0, index};
            ladder.insert(ladder.begin() + static_cast<std::ptrdiff_t>(at), Rung{key, found});
        }
        Level& level = levels_[found];
        const std::uint32_t older = level.newest;
        orders_[handle] = Order{0, older, shares, found, ref};
        if (older == 0) level.oldest = handle; else orders_[older].newer = handle;
        level.newest = handle;
        ++level.orders;
        level.shares += shares;
    }
    std::uint32_t reduce(std::uint32_t handle, std::uint32_t shares) {
        Order& order = orders_[handle];
        if (shares >= order.shares) {
            const std::uint32_t open = order.shares;
            remove(handle);
            return open;
        }
        order.shares -= shares;
        levels_[order.level].shares -= shares;
        return shares;
    }
    void remove(std::uint32_t handle) {
        const Order order = orders_[handle];
        Level& level = levels_[order.level];
        if (level.orders == 1) {
            std::vector<Rung>& ladder = ladders_[level.ladder];
            std::size_t at = ladder.size() - 1;
            while (ladder[at].key != level.key) --at;
            ladder.erase(ladder.begin() + static_cast<std::ptrdiff_t>(at));
            free_levels_.push_back(order.level);
        } else {
            if (order.older == 0) level.oldest = order.newer; else orders_[order.older].newer = order.newer;
            if (order.newer == 0) level.newest = order.older; else orders_[order.newer].older = order.older;
            --level.orders;
            level.shares -= order.shares;
        }
        Page& page = directory_[order.ref >> page_bits];
        pages_[cell(order.ref, page.page)] = 0;
        if (--page.live == 0) {
            free_pages_.push_back(page.page);
            page.page = 0;
        }
        free_orders_.push_back(handle);
    }
    std::uint32_t take_page() {
        if (!free_pages_.empty()) {
            const std::uint32_t page = free_pages_.back();
            free_pages_.pop_back();
            return page;
        }
        const std::uint32_t page = static_cast<std::uint32_t>(pages_.size() >> page_bits);
        pages_.resize(pages_.size() + (std::size_t{1} << page_bits));
        return page;
    }
    template <typename T>
    static std::uint32_t take(std::vector<T>& pool, std::vector<std::uint32_t>& free) {
        if (!free.empty()) {
            const std::uint32_t handle = free.back();
            free.pop_back();
            return handle;
        }
        pool.emplace_back();
        return static_cast<std::uint32_t>(pool.size() - 1);
    }
    void count(std::uint32_t shares, std::uint32_t price) {
        executed_shares += shares;
        executed_value += static_cast<std::uint64_t>(shares) * price;
    }
    SideSummary summary(std::size_t index) const {
        SideSummary side;
        const std::vector<Rung>& ladder = ladders_[index];
        side.levels = ladder.size();
        for (const Rung& rung : ladder) side.orders += levels_[rung.level].orders;
        if (!ladder.empty()) {
            side.best_price = index & 1 ? static_cast<std::uint32_t>(~ladder.back().key) : ladder.back().key;
            side.best_shares = levels_[ladder.back().level].shares;
        }
        return side;
    }

    std::vector<std::vector<Rung>> ladders_;
    std::vector<Page> directory_;
    std::vector<std::uint32_t> pages_, free_pages_, free_orders_, free_levels_;
    std::vector<Order> orders_;
    std::vector<Level> levels_;
};

}  // namespace peers
