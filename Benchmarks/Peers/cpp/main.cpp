// Replays one ITCH 5.0 file through one C++ implementation and prints a line:
//
//     NAME DIGEST MESSAGES NANOSECONDS-PER-MESSAGE …        (one figure a pass; the first pass warms up and is left out)
//
// After each pass the orders still alive are deleted, so every pass meets the same empty books and memory that was
// touched before. A file of fewer than two million messages is replayed that often in a pass, deletes included.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <time.h>
#include <unordered_map>
#include <vector>

#include "array_book.hpp"
#include "feed.hpp"
#include "map_book.hpp"
#ifdef PEERS_ITCH_BOOK
#include "itch_book.hpp"
#endif

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes slurp(const char* path) {
    Bytes bytes;
    std::FILE* file = std::fopen(path, "rb");
    if (!file) {
        std::perror(path);
        std::exit(1);
    }
    std::fseek(file, 0, SEEK_END);
    bytes.resize(static_cast<std::size_t>(std::ftell(file)));
    std::rewind(file);
    if (std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) std::exit(1);
    std::fclose(file);
    return bytes;
}

// Which orders a stream leaves, as a stream of deletes; and the largest reference.
struct Survey {
    std::unordered_map<std::uint64_t, std::uint32_t> open;
    std::uint64_t largest = 0;

    void add(std::uint64_t ref, std::uint16_t, bool, std::uint32_t shares, std::uint32_t) {
        open[ref] = shares;
        if (ref > largest) largest = ref;
    }
    void execute(std::uint64_t ref, std::uint32_t shares) { cancel(ref, shares); }
    void execute_at(std::uint64_t ref, std::uint32_t shares, std::uint32_t, bool) { cancel(ref, shares); }
    void cancel(std::uint64_t ref, std::uint32_t shares) {
        const auto it = open.find(ref);
        if (it != open.end() && (it->second -= shares) == 0) open.erase(it);
    }
    void erase(std::uint64_t ref) { open.erase(ref); }
    void replace(std::uint64_t old_ref, std::uint64_t new_ref, std::uint32_t shares, std::uint32_t price) {
        erase(old_ref);
        add(new_ref, 0, false, shares, price);
    }
    Bytes deletes() const {
        // By ascending reference: the order decides in which order slots are taken in the next pass.
        std::vector<std::uint64_t> references;
        for (const auto& [ref, shares] : open) references.push_back(ref);
        std::sort(references.begin(), references.end());
        Bytes bytes;
        for (const std::uint64_t ref : references) {
            std::uint8_t message[21] = {0, 19, 'D'};
            for (int i = 0; i < 8; ++i) message[13 + i] = static_cast<std::uint8_t>(ref >> (56 - 8 * i));
            bytes.insert(bytes.end(), message, message + sizeof message);
        }
        return bytes;
    }
};

// Reads the fields a book would read, and nothing else.
struct DecodeOnly {
    std::uint64_t sum = 0;
    explicit DecodeOnly(std::uint64_t) {}
    void add(std::uint64_t ref, std::uint16_t locate, bool is_bid, std::uint32_t shares, std::uint32_t price) {
        sum += ref + locate + is_bid + shares + price;
    }
    void execute(std::uint64_t ref, std::uint32_t shares) { sum += ref + shares; }
    void execute_at(std::uint64_t ref, std::uint32_t shares, std::uint32_t price, bool) { sum += ref + shares + price; }
    void cancel(std::uint64_t ref, std::uint32_t shares) { sum += ref + shares; }
    void erase(std::uint64_t ref) { sum += ref; }
    void replace(std::uint64_t a, std::uint64_t b, std::uint32_t shares, std::uint32_t price) {
        sum += a + b + shares + price;
    }
};

// Of this thread: on a busy machine wall time tells mostly who else is there.
double processor_nanoseconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// replay and drain return the messages they handled.
template <typename Replay, typename Drain, typename Finish>
void measure(const char* name, int passes, Replay replay, Drain drain, Finish digest) {
    std::uint64_t messages = replay();
    std::printf("%s %016llx %llu", name, static_cast<unsigned long long>(digest()),
                static_cast<unsigned long long>(messages));
    drain();
    const std::uint64_t repeats = std::max<std::uint64_t>(1, 2'000'000 / messages);
    for (int i = 0; i < passes; ++i) {
        double start = processor_nanoseconds();
        if (repeats > 1) {
            messages = 0;
            for (std::uint64_t j = 0; j < repeats; ++j) {
                messages += replay();
                messages += drain();
            }
        } else {
            messages = replay();
        }
        const double end = processor_nanoseconds();
        if (repeats == 1) drain();
        std::printf(" %.3f", (end - start) / static_cast<double>(messages));
    }
    std::puts("");
}

template <typename Book>
void measure_book(const char* name, const Bytes& bytes, const Survey& survey, int passes) {
    Book book(survey.largest);
    const Bytes deletes = survey.deletes();
    measure(
        name, passes, [&] { return peers::replay(bytes.data(), bytes.size(), book).messages; },
        [&] { return peers::replay(deletes.data(), deletes.size(), book).messages; },
        [&] { return peers::state_digest(book, book.executed_shares, book.executed_value); });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: peer-books FILE decode|map|array|itch-decode|itch-inline|itch-pooled PASSES\n");
        return 2;
    }
    const Bytes bytes = slurp(argv[1]);
    const std::string name = argv[2];
    const int passes = std::atoi(argv[3]);
    Survey survey;
    peers::replay(bytes.data(), bytes.size(), survey);
    if (name == "decode") {
        DecodeOnly decode(0);
        measure(
            "decode", passes, [&] { return peers::replay(bytes.data(), bytes.size(), decode).messages; }, [] { return 0; },
            [&] { return decode.sum; });
    } else if (name == "map") {
        measure_book<peers::MapBook>("map", bytes, survey, passes);
    } else if (name == "array") {
        measure_book<peers::ArrayBook>("array", bytes, survey, passes);
#ifdef PEERS_ITCH_BOOK
    } else if (name == "itch-decode") {
        peers::ItchDecode decode;
        measure(
            "itch-decode", passes, [&] { return decode.replay(bytes); }, [] { return 0; }, [&] { return decode.sum; });
    } else if (name == "itch-inline" || name == "itch-pooled") {
        const Bytes deletes = survey.deletes();
        const auto run = [&](auto& book) {
            measure(
                name.c_str(), passes, [&] { return book.replay(bytes); }, [&] { return book.replay(deletes); },
                [&] { return book.digest(bytes); });
        };
        if (name == "itch-inline") {
            peers::ItchBook<itch::OrderStore> book;
            run(book);
        } else {
            peers::ItchBook<itch::PooledOrderStore> book;
            run(book);
        }
#endif
    } else {
        std::fprintf(stderr, "peer-books: no implementation %s in this build\n", name.c_str());
        return 2;
    }
}
