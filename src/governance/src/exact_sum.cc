#include "exact_sum.h"

#include <bit>
#include <cmath>

#include "byte_text.h"

namespace haul::governance {
namespace {

constexpr unsigned kDigitBits = 32;
constexpr std::int64_t kDigitMask = 0xFFFFFFFF;
constexpr int kLowest = -1074;  // the exponent of the smallest double
constexpr unsigned kMantissaBits = 52;
constexpr unsigned kIntegerBit = 1074;  // where 2^0 stands

}  // namespace

void ExactSum::add_scaled(bool negative, std::uint64_t mantissa, unsigned bit) {
  const std::size_t digit = bit / kDigitBits;
  const unsigned shift = bit % kDigitBits;
  const std::uint64_t low = mantissa << shift;
  const std::uint64_t high = shift == 0 ? 0 : mantissa >> (64 - shift);
  const std::int64_t parts[] = {static_cast<std::int64_t>(low & kDigitMask),
                                static_cast<std::int64_t>(low >> kDigitBits),
                                static_cast<std::int64_t>(high)};
  for (std::size_t i = 0; i < 3; ++i) digits_[digit + i] += negative ? -parts[i] : parts[i];
  if (++additions_ == kAdditionsMax) normalise();
}

void ExactSum::add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<unsigned>((bits >> kMantissaBits) & 0x7FFU);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << kMantissaBits) - 1);
  if (exponent != 0) mantissa |= std::uint64_t{1} << kMantissaBits;
  add_scaled(std::signbit(value), mantissa, exponent == 0 ? 0 : exponent - 1);
}

void ExactSum::add(std::int64_t value) {
  const bool negative = value < 0;
  const auto bits = static_cast<std::uint64_t>(value);
  add_scaled(negative, negative ? 0 - bits : bits, kIntegerBit);
}

void ExactSum::normalise() {
  std::int64_t carry = 0;
  for (std::size_t i = 0; i + 1 < kDigits; ++i) {
    const std::int64_t digit = digits_.at(i) + carry;
    digits_.at(i) = digit & kDigitMask;
    carry = digit >> kDigitBits;  // rounds down, also below zero
  }
  digits_.back() += carry;
  additions_ = 0;
}

void ExactSum::merge(const ExactSum& other) {
  ExactSum added = other;
  added.normalise();
  normalise();
  for (std::size_t i = 0; i < kDigits; ++i) digits_.at(i) += added.digits_.at(i);
  normalise();
}

double ExactSum::value() const {
  ExactSum sum = *this;
  sum.normalise();
  const bool negative = sum.digits_.back() < 0;
  if (negative) {
    for (std::int64_t& digit : sum.digits_) digit = -digit;
    sum.normalise();
  }
  // The highest three digits that count hold at least 64 bits: more than a double shows.
  long double out = 0;
  int counted = 0;
  for (std::size_t i = kDigits; i-- > 0 && counted < 4;) {
    if (counted == 0 && sum.digits_.at(i) == 0) continue;
    ++counted;
    out +=
        std::ldexp(static_cast<long double>(sum.digits_.at(i)), static_cast<int>(kDigitBits * i) + kLowest);
  }
  return static_cast<double>(negative ? -out : out);
}

std::string ExactSum::encode() const {
  ExactSum sum = *this;
  sum.normalise();
  std::string out;
  for (const std::int64_t digit : sum.digits_) append_number(out, static_cast<std::uint64_t>(digit));
  return out;
}

Result<ExactSum> ExactSum::decode(std::string_view bytes) {
  NumberReader reader(bytes);
  ExactSum sum;
  bool fine = true;
  for (std::size_t i = 0; i < kDigits; ++i) {
    sum.digits_.at(i) = static_cast<std::int64_t>(reader.next());
    fine = fine && (i + 1 == kDigits || (sum.digits_.at(i) & ~kDigitMask) == 0);
  }
  if (!fine || !reader.at_end()) return fail(ErrorCode::kCorrupt, "the bytes are no exact sum");
  return sum;
}

}  // namespace haul::governance
