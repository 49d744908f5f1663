#include "quantile_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "byte_text.h"
#include "distinct_sketch.h"
#include "haul/base/check.h"

namespace haul::governance {
namespace {

constexpr std::size_t kLevelsMax = 60;
constexpr double kShrink = 2.0 / 3.0;  // of the room from one level to the one below (c of the paper)
constexpr std::size_t kRoomMin = 8;

}  // namespace

std::size_t QuantileSketch::room(std::size_t level) const {
  const auto below_top = static_cast<double>(levels_.size() - 1 - level);
  const double room = std::ceil(static_cast<double>(kWidth) * std::pow(kShrink, below_top));
  const std::size_t least = level == 0 ? kBuffer : kRoomMin;
  return std::max(least, static_cast<std::size_t>(room));
}

void QuantileSketch::compress() {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (levels_[level].size() >= room(level)) halve(level);
  }
}

/// Every other value of a level, from a tossed start, goes one level up. An odd one out stays.
void QuantileSketch::halve(std::size_t level) {
  if (level + 1 == levels_.size()) levels_.emplace_back();
  std::vector<double>& values = levels_[level];
  std::sort(values.begin(), values.end());
  coins_ = spread(coins_);
  const std::size_t pairs = values.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) levels_[level + 1].push_back(values[2 * i + (coins_ & 1U)]);
  values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(2 * pairs));
}

void QuantileSketch::merge(const QuantileSketch& other) {
  if (other.levels_.size() > levels_.size()) levels_.resize(other.levels_.size());
  for (std::size_t level = 0; level < other.levels_.size(); ++level) {
    levels_[level].insert(levels_[level].end(), other.levels_[level].begin(), other.levels_[level].end());
  }
  count_ += other.count_;
  coins_ ^= other.coins_;
  for (std::vector<double>& level : levels_) std::sort(level.begin(), level.end());
  compress();
}

std::vector<QuantileSketch::Weighted> QuantileSketch::in_order() const {
  std::vector<Weighted> all;
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) all.push_back({value, std::uint64_t{1} << level});
  }
  std::sort(all.begin(), all.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  return all;
}

double QuantileSketch::quantile(double share) const {
  const auto all = in_order();
  if (all.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double wanted = share * static_cast<double>(count_);
  double reached = 0;
  for (const Weighted& each : all) {
    reached += static_cast<double>(each.weight);
    if (reached >= wanted) return each.value;
  }
  return all.back().value;
}

double QuantileSketch::rank(double value) const {
  std::uint64_t below = 0;
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const auto within = std::count_if(levels_[level].begin(), levels_[level].end(),
                                      [value](double each) { return each <= value; });
    below += static_cast<std::uint64_t>(within) << level;
  }
  return count_ == 0 ? 0 : static_cast<double>(below) / static_cast<double>(count_);
}

std::string QuantileSketch::encode() const {
  std::string out;
  append_number(out, count_);
  append_number(out, coins_);
  append_number(out, levels_.size());
  for (const std::vector<double>& level : levels_) {
    std::vector<double> values = level;
    std::sort(values.begin(), values.end());
    append_number(out, values.size());
    for (const double value : values) append_number(out, std::bit_cast<std::uint64_t>(value));
  }
  return out;
}

Result<QuantileSketch> QuantileSketch::decode(std::string_view bytes) {
  NumberReader reader(bytes);
  QuantileSketch sketch;
  sketch.count_ = reader.next();
  sketch.coins_ = reader.next();
  const std::uint64_t levels = reader.next();
  std::uint64_t weight = 0;
  bool fine = levels >= 1 && levels <= kLevelsMax;
  sketch.levels_.assign(fine ? levels : 1, {});
  for (std::size_t level = 0; fine && level < levels; ++level) {
    const std::uint64_t values = reader.next();
    fine = values <= reader.left();
    for (std::uint64_t i = 0; fine && i < values; ++i) {
      sketch.levels_[level].push_back(std::bit_cast<double>(reader.next()));
      fine = std::isfinite(sketch.levels_[level].back());
      weight += std::uint64_t{1} << level;
    }
  }
  if (!fine || !reader.at_end() || weight != sketch.count_) {
    return fail(ErrorCode::kCorrupt, "the bytes are no quantile sketch");
  }
  return sketch;
}

}  // namespace haul::governance
