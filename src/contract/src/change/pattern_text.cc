#include "change/pattern_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "haul/base/json.h"
#include "patterns.h"

namespace haul::contract {
namespace {

/// Which of the texts of a pattern to write.
struct Choice {
  int repeats = 0;      ///< How many more than the least each repetition has, where it may.
  std::size_t way = 0;  ///< Which alternative, and which character of a class.
};

/// Writes one text for a pattern, from left to right. What it does not know it writes as it stands; the
/// result is matched afterwards.
class PatternWriter {
 public:
  PatternWriter(std::string_view pattern, Choice choice) : rest_(pattern), choice_(choice) {}

  std::string write() { return alternatives(0); }

 private:
  static constexpr int kDepthMax = 50;
  static constexpr int kRepeatsMax = 100;

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string alternatives(int depth) {
    std::vector<std::string> ways{sequence(depth)};
    while (take('|')) ways.push_back(sequence(depth));
    return ways[choice_.way % ways.size()];
  }

  std::string sequence(int depth) {
    std::string text;
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      const std::string part = atom(depth);
      const int times = repetitions();
      for (int i = 0; i < times; ++i) text += part;
    }
    return text;
  }

  std::string atom(int depth) {
    if (take('^') || take('$')) return "";
    if (take('.')) return "x";
    if (take('[')) return one_of_class();
    if (take('\\')) return escaped();
    if (rest_.front() == '(' && depth < kDepthMax) {
      rest_.remove_prefix(1);
      if (rest_.starts_with("?:")) rest_.remove_prefix(2);
      std::string inside = alternatives(depth + 1);
      take(')');
      return inside;
    }
    const std::size_t length = std::max<std::size_t>(utf8_length(rest_), 1);
    std::string character(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return character;
  }

  std::string escaped() {
    if (rest_.empty()) return "";
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    switch (kind) {
      case 'd':
        return std::string(1, static_cast<char>('0' + choice_.way % 10));
      case 'w':
      case 'D':
      case 'S':
        return std::string(1, static_cast<char>('a' + choice_.way % 26));
      case 's':
        return " ";
      case 'W':
        return "-";
      case 'b':
      case 'B':
        return "";
      case 'n':
        return "\n";
      case 't':
        return "\t";
      default:
        return std::string(1, kind);
    }
  }

  /// The characters of a class as it stands, by byte; nothing where it leaves ASCII.
  std::string one_of_class() {
    const bool negated = take('^');
    std::array<bool, 128> in{};
    while (!rest_.empty() && rest_.front() != ']') add_to_class(in);
    take(']');
    std::string members;
    for (const std::string_view order : {"A", "0", "a"}) {
      const char first = order.front();
      for (int c = first; c < 128 && std::isalnum(c) != 0; ++c) {
        if (in.at(static_cast<std::size_t>(c)) != negated) members += static_cast<char>(c);
      }
    }
    for (int c = ' '; c < 127; ++c) {
      if (in.at(static_cast<std::size_t>(c)) != negated && std::isalnum(c) == 0)
        members += static_cast<char>(c);
    }
    if (members.empty()) return "";
    return {members[choice_.way * 7 % members.size()]};
  }

  void add_to_class(std::array<bool, 128>& in) {
    char low = rest_.front();
    rest_.remove_prefix(1);
    if (low == '\\' && !rest_.empty()) {
      const char kind = rest_.front();
      rest_.remove_prefix(1);
      const bool is_kind = kind == 'd' || kind == 'w' || kind == 's';
      for (int c = 0; is_kind && c < 128; ++c) {
        const bool member = kind == 'd'   ? std::isdigit(c) != 0
                            : kind == 's' ? c == ' '
                                          : std::isalnum(c) != 0 || c == '_';
        in.at(static_cast<std::size_t>(c)) |= member;
      }
      if (is_kind) return;
      low = kind;
    }
    char high = low;
    if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
      high = rest_[1];
      rest_.remove_prefix(2);
    }
    for (int c = low; c <= high && c >= 0 && c < 128; ++c) in.at(static_cast<std::size_t>(c)) = true;
  }

  int repetitions() {
    int least = 1;
    int most = 1;
    if (take('*')) {
      least = 0;
      most = kRepeatsMax;
    } else if (take('+')) {
      most = kRepeatsMax;
    } else if (take('?')) {
      least = 0;
    } else if (!rest_.empty() && rest_.front() == '{') {
      if (!read_counts(least, most)) return 1;
    } else {
      return 1;
    }
    take('?');  // lazy: the same texts
    return std::min({least + choice_.repeats, most, kRepeatsMax});
  }

  /// {3}, {3,} or {3,5}.
  bool read_counts(int& least, int& most) {
    const std::size_t close = rest_.find('}');
    if (close == std::string_view::npos) return false;
    const std::string inside(rest_.substr(1, close - 1));
    if (inside.empty() || std::isdigit(static_cast<unsigned char>(inside.front())) == 0) return false;
    rest_.remove_prefix(close + 1);
    const std::size_t comma = inside.find(',');
    least = std::atoi(inside.c_str());
    most = comma == std::string::npos   ? least
           : comma + 1 == inside.size() ? kRepeatsMax
                                        : std::atoi(inside.c_str() + comma + 1);
    return true;
  }

  std::string_view rest_;
  Choice choice_;
};

}  // namespace

std::vector<std::string> texts_matching(std::string_view pattern) {
  constexpr std::array<int, 6> kRepeats{0, 1, 2, 3, 5, 9};
  constexpr std::size_t kWays = 4;
  std::vector<std::string> texts;
  for (const int repeats : kRepeats) {
    for (std::size_t way = 0; way < kWays; ++way) {
      std::string text = PatternWriter(pattern, {.repeats = repeats, .way = way}).write();
      const bool is_new = std::find(texts.begin(), texts.end(), text) == texts.end();
      if (is_new && matches_pattern(pattern, text)) texts.push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace haul::contract
