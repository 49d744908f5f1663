#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "byte_block.h"

namespace haul::ingest {

/// The text that leads from one value of a row to the next, e.g. `,"lat":`, with the column of the value
/// behind it.
struct JsonStep {
  static constexpr int kUnknownColumn = -1;  ///< A key that nobody asked for: its value is skipped.
  static constexpr int kEnd = -2;            ///< The text behind the last value of a row.
  static constexpr std::size_t kTextMax = 48;

  std::array<char, kTextMax> text{};
  std::uint32_t length = 0;
  int column = kUnknownColumn;
  bool is_first = false;        ///< Opens a row.
  std::size_t next = SIZE_MAX;  ///< The step that came after this one when last seen.
};

/// Predicts the keys of JSON rows: objects of one stream repeat their keys in an order that rarely changes,
/// so comparing with what came last time replaces parsing. It learns from rows that a whole parser has
/// accepted; any sequence first step, value, step, value, ..., end is a JSON object as long as the values are
/// JSON. One thread.
class JsonPath {
 public:
  /// Key names by column number: what the rows' values belong to.
  explicit JsonPath(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// The step at the start of `text`; null where none that was learned fits. `text` may be read up to
  /// JsonStep::kTextMax bytes past its end. `previous` is what the step before gave, null at the start of a
  /// row.
  [[nodiscard]] const JsonStep* match(const char* text, const JsonStep* previous) {
    const std::size_t predicted = previous == nullptr ? first_ : steps_[index_of(previous)].next;
    if (predicted < steps_.size() && fits(text, steps_[predicted])) return &steps_[predicted];
    return search(text, previous);
  }

  /// Learns the steps of a row that is a valid JSON object. Rows with nested values, escapes in keys, long
  /// keys or no key at all teach nothing.
  void learn(std::string_view row);

 private:
  [[nodiscard]] std::size_t index_of(const JsonStep* step) const {
    return static_cast<std::size_t>(step - steps_.data());
  }
  [[nodiscard]] static bool fits(const char* text, const JsonStep& step) {
    for (std::uint32_t at = 0; at < step.length; at += ByteBlock::kBytes) {
      const std::uint32_t rest = step.length - at;
      const std::uint32_t wanted = rest >= ByteBlock::kBytes ? 0xFFFFU : (1U << rest) - 1;
      if ((ByteBlock(text + at).same_as(ByteBlock(step.text.data() + at)) & wanted) != wanted) return false;
    }
    return true;
  }
  const JsonStep* search(const char* text, const JsonStep* previous);
  /// The number of the step with this text, which is added where it is new; SIZE_MAX where there is no room.
  std::size_t step_with(std::string_view text, int column, bool is_first);
  [[nodiscard]] int column_named(std::string_view key) const;

  static constexpr std::size_t kStepsMax = 256;
  std::vector<std::string> columns_;
  std::vector<JsonStep> steps_;
  std::size_t first_ = SIZE_MAX;
};

}  // namespace haul::ingest
