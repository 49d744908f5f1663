#include "value_profile.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/base/hash.h"
#include "text_values.h"

namespace haul::ingest {
namespace {

constexpr std::uint8_t kUpper = 1;
constexpr std::uint8_t kLower = 2;
constexpr std::uint8_t kDigit = 4;
constexpr std::uint8_t kOther = 8;

std::uint8_t kind_of(char c) {
  if (c >= 'A' && c <= 'Z') return kUpper;
  if (c >= 'a' && c <= 'z') return kLower;
  return c >= '0' && c <= '9' ? kDigit : kOther;
}

/// "007" is a code: as a number it would lose its zeros.
bool begins_with_a_needless_zero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && kind_of(text[1]) == kDigit;
}

bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t at = 0; at < kLength; ++at) {
    const char c = text[at];
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    const bool hex = kind_of(c) == kDigit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::uint64_t characters_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_repetition(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

}  // namespace

void DistinctValues::add(std::string_view value, std::uint64_t times) {
  if (is_listed_) {
    const auto found = counts_.find(value);
    if (found != counts_.end()) {
      found->second += times;
    } else {
      counts_.emplace(value, times);
    }
    if (counts_.size() > kListed) {
      is_listed_ = false;
      counts_.clear();
    }
  }
  if (times > 1) may_be_unique_ = false;
  if (!may_be_unique_) return;
  hashes_.push_back(hash64(value));
  if (hashes_.size() < next_look_) return;
  next_look_ *= 2;
  may_be_unique_ = !has_repetition(hashes_);
  if (!may_be_unique_) std::vector<std::uint64_t>().swap(hashes_);
}

std::optional<std::vector<std::pair<std::string, std::uint64_t>>> DistinctValues::list() const {
  if (!is_listed_) return std::nullopt;
  std::vector<std::pair<std::string, std::uint64_t>> values(counts_.begin(), counts_.end());
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& left, const auto& right) { return left.second > right.second; });
  return values;
}

bool DistinctValues::are_all_different() { return may_be_unique_ && !has_repetition(hashes_); }

void TextShape::add(std::string_view text) {
  if (!is_fixed_) return;
  if (is_empty_) {
    is_empty_ = false;
    places_.resize(text.size());
  }
  is_fixed_ = text.size() == places_.size() && text.size() <= kLongest;
  for (std::size_t at = 0; is_fixed_ && at < text.size(); ++at) {
    Place& place = places_[at];
    const std::uint8_t kind = kind_of(text[at]);
    if (place.kinds == 0) place.sample = text[at];
    place.kinds |= kind;
    const bool printable = text[at] >= ' ' && text[at] <= '~';
    is_fixed_ =
        printable && ((place.kinds & kOther) == 0 || (place.kinds == kOther && place.sample == text[at]));
  }
}

std::string TextShape::class_of(const Place& place) {
  if (place.kinds == kOther) {
    constexpr std::string_view kSpecial = R"(\^$.|?*+()[]{}/)";
    return kSpecial.find(place.sample) == std::string_view::npos ? std::string(1, place.sample)
                                                                 : std::string{'\\', place.sample};
  }
  std::string out = "[";
  if ((place.kinds & kUpper) != 0) out += "A-Z";
  if ((place.kinds & kLower) != 0) out += "a-z";
  if ((place.kinds & kDigit) != 0) out += "0-9";
  return out + "]";
}

std::string TextShape::pattern() const {
  if (is_empty_ || !is_fixed_ || places_.empty()) return "";
  std::string out = "^";
  for (std::size_t at = 0; at < places_.size();) {
    const std::string kind = class_of(places_[at]);
    std::size_t end = at + 1;
    while (end < places_.size() && class_of(places_[end]) == kind) ++end;
    out += kind;
    if (end - at > 1) out += fmt::format("{{{}}}", end - at);
    at = end;
  }
  return out + "$";
}

void ValueProfile::add(std::string_view value, std::uint64_t times) {
  values_ += times;
  look_at_types(value);
  const std::uint64_t characters = characters_of(value);
  length_min_ = std::min(length_min_, characters);
  length_max_ = std::max(length_max_, characters);
  is_uuid_ = is_uuid_ && is_uuid(value);
  shape_.add(value);
  distinct_.add(value, times);
}

void ValueProfile::add_unseen(std::uint64_t times) {
  values_ += times;
  if (times > 0) distinct_.forget();
}

void ValueProfile::look_at_types(std::string_view value) {
  const auto fits = [this](Type type) -> bool& { return fits_.at(static_cast<std::size_t>(type)); };
  bool truth = false;
  std::int64_t integer = 0;
  std::int64_t micros = 0;
  std::int32_t days = 0;
  double number = 0;
  // One letter is as likely a code.
  fits(Type::kBoolean) = fits(Type::kBoolean) && value.size() > 1 && parse_boolean(value, &truth);
  if (fits(Type::kNumber)) {
    const bool is_number = parse_double(value, &number) && !begins_with_a_needless_zero(value);
    fits(Type::kNumber) = is_number;
    fits(Type::kInteger) = fits(Type::kInteger) && is_number && value.find('.') == std::string_view::npos &&
                           parse_integer(value, &integer);
    if (is_number) widen(number, value);
  }
  fits(Type::kInteger) = fits(Type::kInteger) && fits(Type::kNumber);
  fits(Type::kDate) = fits(Type::kDate) && parse_date(value, &days);
  const bool is_local = (fits(Type::kLocalTime) || fits(Type::kInstant)) && parse_local_time(value, &micros);
  const bool is_instant = fits(Type::kInstant) && !is_local && parse_instant(value, 0, &micros);
  fits(Type::kLocalTime) = fits(Type::kLocalTime) && is_local;
  fits(Type::kInstant) = is_instant;
  if (is_local || is_instant) widen(static_cast<double>(micros), value);
}

void ValueProfile::widen(double order, std::string_view value) {
  if (lowest_text_.empty() || order < lowest_) {
    lowest_ = order;
    lowest_text_ = value;
  }
  if (highest_text_.empty() || order > highest_) {
    highest_ = order;
    highest_text_ = value;
  }
}

ValueProfile::Type ValueProfile::type() const {
  if (values_ == 0) return Type::kText;
  const auto* const first = std::find(fits_.begin(), fits_.end(), true);
  return first == fits_.end() ? Type::kText : static_cast<Type>(first - fits_.begin());
}

contract::ColumnEvidence ValueProfile::finish(std::string name, std::shared_ptr<arrow::DataType> fixed) {
  static const std::array<std::shared_ptr<arrow::DataType>, kTypes> kStored{
      arrow::boolean(),
      arrow::int64(),
      arrow::float64(),
      arrow::date32(),
      arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
      arrow::timestamp(arrow::TimeUnit::MICRO),
      arrow::utf8()};
  contract::ColumnEvidence evidence{.name = std::move(name),
                                    .type = fixed ? fixed : kStored.at(static_cast<std::size_t>(type())),
                                    .nulls = nulls_,
                                    .values = values_};
  const auto id = evidence.type->id();
  const bool is_number = arrow::is_integer(id) || arrow::is_floating(id) || arrow::is_decimal(id);
  const bool is_time = id == arrow::Type::DATE32 || id == arrow::Type::TIMESTAMP;
  if (is_number || is_time) {
    evidence.lowest = lowest_text_;
    evidence.highest = highest_text_;
  }
  evidence.is_never_negative = is_number && !lowest_text_.empty() && lowest_ >= 0;
  if (values_ > 0) {
    evidence.length_min = length_min_;
    evidence.length_max = length_max_;
  }
  evidence.distinct = distinct_.list();
  evidence.is_unique = values_ > 1 && distinct_.are_all_different();
  evidence.is_uuid = id == arrow::Type::STRING && values_ > 0 && is_uuid_;
  if (id == arrow::Type::STRING) evidence.pattern = shape_.pattern();
  return evidence;
}

}  // namespace haul::ingest
