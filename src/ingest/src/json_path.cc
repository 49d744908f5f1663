#include "json_path.h"

#include <algorithm>
#include <cstring>

#include "json_scan.h"

namespace haul::ingest {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Walks over the text of a row.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  void skip_spaces() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// A key without escapes, its quotes taken off.
  bool take_key(std::string_view* key) {
    if (!take('"')) return false;
    const std::size_t end = text_.find_first_of("\"\\", at_);
    if (end == std::string_view::npos || text_[end] != '"') return false;
    *key = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }
  /// A string, number, true, false or null.
  bool take_scalar() {
    const char* const end = skip_scalar(text_.data() + at_, text_.data() + text_.size());
    if (end == nullptr) return false;
    at_ = static_cast<std::size_t>(end - text_.data());
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonStep* JsonPath::search(const char* text, const JsonStep* previous) {
  const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const JsonStep& step) {
    return step.is_first == (previous == nullptr) && fits(text, step);
  });
  if (found == steps_.end()) return nullptr;
  const auto index = static_cast<std::size_t>(found - steps_.begin());
  (previous == nullptr ? first_ : steps_[index_of(previous)].next) = index;
  return &*found;
}

int JsonPath::column_named(std::string_view key) const {
  const auto found = std::find(columns_.begin(), columns_.end(), key);
  return found == columns_.end() ? JsonStep::kUnknownColumn : static_cast<int>(found - columns_.begin());
}

std::size_t JsonPath::step_with(std::string_view text, int column, bool is_first) {
  if (text.size() > JsonStep::kTextMax) return SIZE_MAX;
  const auto same = std::find_if(steps_.begin(), steps_.end(), [&](const JsonStep& step) {
    return step.is_first == is_first && std::string_view(step.text.data(), step.length) == text;
  });
  if (same != steps_.end()) return static_cast<std::size_t>(same - steps_.begin());
  if (steps_.size() == kStepsMax) return SIZE_MAX;
  JsonStep step;
  std::memcpy(step.text.data(), text.data(), text.size());
  step.length = static_cast<std::uint32_t>(text.size());
  step.column = column;
  step.is_first = is_first;
  steps_.push_back(step);
  return steps_.size() - 1;
}

void JsonPath::learn(std::string_view row) {
  Cursor cursor(row);
  std::size_t previous = SIZE_MAX;
  std::size_t begin = 0;
  const auto remember = [&](int column) {
    const bool is_first = previous == SIZE_MAX;
    const std::size_t step = step_with(row.substr(begin, cursor.at() - begin), column, is_first);
    if (step == SIZE_MAX) return false;
    (is_first ? first_ : steps_[previous].next) = step;
    previous = step;
    return true;
  };
  cursor.skip_spaces();
  if (!cursor.take('{')) return;
  while (true) {
    std::string_view key;
    cursor.skip_spaces();
    if (!cursor.take_key(&key)) return;
    cursor.skip_spaces();
    if (!cursor.take(':')) return;
    cursor.skip_spaces();
    if (!remember(column_named(key)) || !cursor.take_scalar()) return;
    begin = cursor.at();
    cursor.skip_spaces();
    if (cursor.take(',')) continue;
    if (!cursor.take('}')) return;
    cursor.skip_spaces();
    if (cursor.at_end()) (void)remember(JsonStep::kEnd);
    return;
  }
}

}  // namespace haul::ingest
