// What C++ allocates in known ways, counted. `plain N` does the mixture without counting.
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "counted.h"

template <typename T> static void keep(T &value) { __asm__ volatile("" : : "r"(&value) : "memory"); }

// 3 allocations: new, new[] and one over-aligned.
static void plain_new() {
    struct alignas(128) Wide { char bytes[128]; };
    int *one = new int(1);
    keep(one);
    char *many = new char[1000];
    keep(many);
    Wide *wide = new Wide;
    keep(wide);
    delete one;
    delete[] many;
    delete wide;
}

// None for 15 letters, which fit into the string itself; one for 40; none for moving it.
static void strings() {
    std::string inner(15, 'a');
    keep(inner);
    std::string outer(40, 'b');
    keep(outer);
    std::string moved = std::move(outer);
    keep(moved);
}

// One a doubling: capacities 1, 2, 4 … 1024 make 11.
static void growth() {
    std::vector<int> numbers;
    for (int i = 0; i < 1000; i++) {
        numbers.push_back(i);
        keep(numbers);
    }
}

static void mixture(int count) {
    for (int i = 0; i < count; i++) {
        std::map<int, std::string> names;
        for (int k = 0; k < 10; k++) names[k] = std::string(30 + k, 'x');
        auto shared = std::make_shared<std::vector<double>>(100);
        keep(names);
        keep(shared);
    }
}

int main(int argc, char **argv) {
    struct region region;
    if (argc == 3 && std::strcmp(argv[1], "plain") == 0) {
        mixture(std::atoi(argv[2]));
        return 0;
    }
    region_begin(&region);
    plain_new();
    region_end(&region, "new");
    region_begin(&region);
    strings();
    region_end(&region, "strings");
    region_begin(&region);
    growth();
    region_end(&region, "growth");
    region_begin(&region);
    mixture(100);
    region_end(&region, "mixture");
}
