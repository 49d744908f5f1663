#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haul::edi {

enum class Standard : std::uint8_t { kX12, kEdifact };

/// "x12" or "edifact": in rule ids, messages and configuration.
[[nodiscard]] std::string_view to_string(Standard standard);

/// The characters that part an interchange, as its envelope declares them; kNone where there is no such
/// character.
struct Syntax {
  static constexpr char kNone = '\0';

  Standard standard = Standard::kX12;
  char segment = '~';
  char element = '*';
  char component = ':';
  char repetition = kNone;
  char release = kNone;  ///< EDIFACT: the next character means itself.

  friend bool operator==(const Syntax&, const Syntax&) = default;
};

/// How the header of an interchange (ISA, or UNA and UNB) was read.
struct HeaderScan {
  enum class State : std::uint8_t {
    kFound,      ///< `syntax` holds; the header segment itself starts at `segment_begin`.
    kNeedsMore,  ///< The text ends inside the header.
    kBroken,     ///< No header: its characters contradict each other, or it does not begin as one.
  };
  State state = State::kBroken;
  Syntax syntax = {};
  std::size_t segment_begin = 0;
};

/// Reads the service characters at the start of `text`. X12: the ISA is 106 bytes long, its characters at
/// fixed places; one whose elements are padded otherwise is read by counting its 16 separators. EDIFACT: from
/// UNA where there is one, else the defaults of ISO 9735 (`:+?'`).
[[nodiscard]] HeaderScan scan_header(Standard standard, std::string_view text);

/// Where an interchange may begin at or behind `from`: npos where none does. A few bytes at the end of `text`
/// may be the beginning of one.
[[nodiscard]] std::size_t find_header(Standard standard, std::string_view text, std::size_t from);

/// The place of the first `wanted` at or behind `from` that no release character precedes, or npos.
[[nodiscard]] std::size_t find_service(std::string_view text, char wanted, const Syntax& syntax,
                                       std::size_t from = 0);

/// One segment in its parts, borrowed from its text. Reuse it: it keeps its memory.
class Segment {
 public:
  /// `text` without the terminator; it and the parts live as long as the text.
  void parse(std::string_view text, const Syntax& syntax);

  [[nodiscard]] std::string_view tag() const { return tag_; }
  [[nodiscard]] std::size_t elements() const { return elements_.size(); }
  /// Element `index`, from 1 as the standards count, as it stands in the text; empty where there is none.
  [[nodiscard]] std::string_view element(std::size_t index) const {
    return index >= 1 && index <= elements_.size() ? elements_[index - 1] : std::string_view();
  }
  /// Component `part` (from 1) of element `index`; the whole element where it has no components and `part`
  /// is 1.
  [[nodiscard]] std::string_view component(std::size_t index, std::size_t part) const;

 private:
  Syntax syntax_;
  std::string_view tag_;
  std::vector<std::string_view> elements_;
};

/// `raw` without release characters and without blanks at its end.
[[nodiscard]] std::string plain_text(std::string_view raw, const Syntax& syntax);

/// A number of included things: digits only, at most 10. False otherwise.
[[nodiscard]] bool parse_count(std::string_view text, std::uint64_t* count);

}  // namespace haul::edi
