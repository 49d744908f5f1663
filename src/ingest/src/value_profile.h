#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/contract/draft.h"

namespace haul::ingest {

/// Which values of a column are the same: exact for few, by hash for the question whether all differ.
class DistinctValues {
 public:
  void add(std::string_view value, std::uint64_t times);
  /// There are values that nobody looked at: nothing can be said any more.
  void forget() { is_listed_ = may_be_unique_ = false; }
  /// Most frequent first; nothing where there are more than can be listed.
  [[nodiscard]] std::optional<std::vector<std::pair<std::string, std::uint64_t>>> list() const;
  /// Whether no value came twice. Sorts what it holds.
  [[nodiscard]] bool are_all_different();

 private:
  static constexpr std::size_t kListed = 64;
  static constexpr std::size_t kFirstLook = 4096;

  std::map<std::string, std::uint64_t, std::less<>> counts_;
  bool is_listed_ = true;
  std::vector<std::uint64_t> hashes_;
  bool may_be_unique_ = true;
  std::size_t next_look_ = kFirstLook;  // doubles: most columns show a repetition at the first
};

/// The kinds of characters at each place of texts of one length.
class TextShape {
 public:
  void add(std::string_view text);
  /// "^[A-Z]{2}-[0-9]{4}$"; empty where lengths differ, or a place holds more than letters and digits and is
  /// not the same in all.
  [[nodiscard]] std::string pattern() const;

 private:
  static constexpr std::size_t kLongest = 64;
  struct Place {
    std::uint8_t kinds = 0;
    char sample = 0;
  };
  [[nodiscard]] static std::string class_of(const Place& place);

  std::vector<Place> places_;
  bool is_empty_ = true;
  bool is_fixed_ = true;
};

/// Everything that is learnt of one column from its values as text.
class ValueProfile {
 public:
  void add_null(std::uint64_t times = 1) { nulls_ += times; }
  void add(std::string_view value, std::uint64_t times = 1);
  /// Values that are no text (lists, objects): counted, not looked at.
  void add_unseen(std::uint64_t times);
  /// Whether some value is no text: then words beside it stand for null.
  [[nodiscard]] bool is_typed() const { return values_ > 0 && type() != Type::kText; }
  /// The evidence; with `fixed`, of a column whose type the file says.
  [[nodiscard]] contract::ColumnEvidence finish(std::string name,
                                                std::shared_ptr<arrow::DataType> fixed = nullptr);

 private:
  enum class Type : std::uint8_t { kBoolean, kInteger, kNumber, kDate, kInstant, kLocalTime, kText };
  static constexpr std::size_t kTypes = 7;

  [[nodiscard]] Type type() const;
  void look_at_types(std::string_view value);
  void widen(double order, std::string_view value);

  std::uint64_t nulls_ = 0;
  std::uint64_t values_ = 0;
  std::array<bool, kTypes> fits_{true, true, true, true, true, true, true};
  double lowest_ = 0;
  double highest_ = 0;
  std::string lowest_text_;
  std::string highest_text_;
  std::uint64_t length_min_ = UINT64_MAX;
  std::uint64_t length_max_ = 0;
  bool is_uuid_ = true;
  TextShape shape_;
  DistinctValues distinct_;
};

}  // namespace haul::ingest
