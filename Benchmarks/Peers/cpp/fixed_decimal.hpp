// Stands in for the one header outside itch-book that its core includes: an integer with four decimals.
#pragma once

namespace fixed_decimal {

struct PriceTag {};

template <int Decimals, typename Tag, typename Integer>
class Fixed {
  public:
    static constexpr Fixed from_raw(Integer raw) {
        Fixed value;
        value.raw_ = raw;
        return value;
    }
    constexpr Integer raw() const { return raw_; }

  private:
    Integer raw_ = 0;
};

}  // namespace fixed_decimal
