// Nested inlining: most functions of the source are none in the code, and only debug information tells where they are.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace book {

struct Level {
    std::int64_t price;
    std::int64_t size;
};

static inline std::int64_t notional(const Level &level) { return level.price * level.size; }

template <typename T> static inline T clampTo(T value, T low, T high) {
    return std::max(low, std::min(value, high));
}

class Ladder {
  public:
    std::vector<Level> levels;

    inline void add(std::int64_t price, std::int64_t size) {
        levels.push_back({price, clampTo<std::int64_t>(size, 1, 1000)});
    }

    inline std::int64_t total() const {
        std::int64_t sum = 0;
        for (const auto &level : levels) sum += notional(level);
        return sum;
    }

    __attribute__((noinline)) void sortLevels() {
        std::sort(levels.begin(), levels.end(), [](const Level &a, const Level &b) { return a.price < b.price; });
    }
};

}  // namespace book

__attribute__((noinline)) static std::int64_t work(int rounds) {
    book::Ladder ladder;
    for (int i = 0; i < rounds; i++) {
        ladder.add((i * 7919) % 1000, i);
        if (i % 100 == 0) ladder.sortLevels();
    }
    return ladder.total();
}

int main(int argc, char **argv) {
    std::printf("%ld\n", static_cast<long>(work(argc > 1 ? std::atoi(argv[1]) : 1000)));
    return 0;
}
