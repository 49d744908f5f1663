#include "haul/edi/syntax.h"

#include <algorithm>
#include <array>

namespace haul::edi {
namespace {

constexpr std::size_t kIsaBytes = 106;
constexpr std::size_t kIsaElements = 16;
constexpr std::size_t kIsaBytesMax = 320;  // one with other padding: 16 elements, none above 15 characters
constexpr std::array<std::size_t, kIsaElements> kIsaSeparators = {3,  6,  17, 20, 31, 34, 50,  53,
                                                                  69, 76, 81, 83, 89, 99, 101, 103};
constexpr std::size_t kUnaBytes = 9;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_service(char c) { return c != Syntax::kNone && c != ' ' && !is_letter_or_digit(c); }

/// Service characters are no letters, digits or blanks, and two of them are never the same.
bool is_consistent(const Syntax& syntax) {
  const std::array<char, 5> all = {syntax.segment, syntax.element, syntax.component, syntax.repetition,
                                   syntax.release};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == Syntax::kNone) {
      if (i < 3) return false;
      continue;
    }
    if (!is_service(all[i])) return false;
    if (std::count(all.begin(), all.end(), all[i]) > 1) return false;
  }
  return true;
}

HeaderScan found(const Syntax& syntax, std::size_t segment_begin) {
  if (!is_consistent(syntax)) return {};
  return {HeaderScan::State::kFound, syntax, segment_begin};
}

/// ISA11 is the repetition separator from version 00402 on; before, it names a standard ("U").
char repetition_of(std::string_view isa11) {
  return isa11.size() == 1 && is_service(isa11[0]) ? isa11[0] : Syntax::kNone;
}

HeaderScan scan_isa(std::string_view text) {
  if (text.size() >= kIsaBytes) {
    Syntax syntax{Standard::kX12, text[105], text[3], text[104], repetition_of(text.substr(82, 1)),
                  Syntax::kNone};
    const bool at_their_places = std::all_of(kIsaSeparators.begin(), kIsaSeparators.end(),
                                             [&](std::size_t at) { return text[at] == syntax.element; });
    const auto separators = std::count(text.begin(), text.begin() + 104, syntax.element);
    if (at_their_places && separators == kIsaElements) {
      return text.find(syntax.segment) < kIsaBytes - 1 ? HeaderScan{} : found(syntax, 0);
    }
  }
  if (text.size() < 4) return {HeaderScan::State::kNeedsMore, {}, 0};
  const char element = text[3];
  if (!is_service(element)) return {};
  std::size_t at = 3;
  std::size_t repetition_at = 0;
  for (std::size_t count = 1; count < kIsaElements; ++count) {
    at = text.find(element, at + 1);
    if (at == std::string_view::npos || at > kIsaBytesMax) {
      return {text.size() > kIsaBytesMax ? HeaderScan::State::kBroken : HeaderScan::State::kNeedsMore, {}, 0};
    }
    if (count == 10) repetition_at = at + 1;
  }
  if (at + 2 >= text.size()) return {HeaderScan::State::kNeedsMore, {}, 0};
  if (text.find(text[at + 2]) < at + 2) return {};  // the separators counted are those of several segments
  const auto isa11 = text.substr(repetition_at, text.find(element, repetition_at) - repetition_at);
  return found({Standard::kX12, text[at + 2], element, text[at + 1], repetition_of(isa11), Syntax::kNone}, 0);
}

HeaderScan scan_una(std::string_view text) {
  if (text.size() < 4) return {HeaderScan::State::kNeedsMore, {}, 0};
  Syntax syntax{Standard::kEdifact, '\'', '+', ':', Syntax::kNone, '?'};
  if (text.starts_with("UNB")) return text[3] == syntax.element ? found(syntax, 0) : HeaderScan();
  if (text.size() < kUnaBytes) return {HeaderScan::State::kNeedsMore, {}, 0};
  syntax.component = text[3];
  syntax.element = text[4];
  syntax.release = text[6] == ' ' ? Syntax::kNone : text[6];
  syntax.repetition = text[7] == ' ' ? Syntax::kNone : text[7];
  syntax.segment = text[8];
  std::size_t begin = kUnaBytes;
  while (begin < text.size() && (text[begin] == '\r' || text[begin] == '\n' || text[begin] == ' ')) ++begin;
  if (text.size() < begin + 4) return {HeaderScan::State::kNeedsMore, {}, 0};
  if (text.substr(begin, 3) != "UNB" || text[begin + 3] != syntax.element) return {};
  return found(syntax, begin);
}

}  // namespace

std::string_view to_string(Standard standard) { return standard == Standard::kX12 ? "x12" : "edifact"; }

HeaderScan scan_header(Standard standard, std::string_view text) {
  const bool begins = standard == Standard::kX12 ? std::string_view("ISA").starts_with(text.substr(0, 3))
                                                 : std::string_view("UNA").starts_with(text.substr(0, 3)) ||
                                                       std::string_view("UNB").starts_with(text.substr(0, 3));
  if (!begins) return {};
  return standard == Standard::kX12 ? scan_isa(text) : scan_una(text);
}

std::size_t find_header(Standard standard, std::string_view text, std::size_t from) {
  for (std::size_t at = from; at + 4 <= text.size(); ++at) {
    at = text.find(standard == Standard::kX12 ? "ISA" : "UN", at);
    if (at == std::string_view::npos || at + 4 > text.size()) break;
    if (standard == Standard::kEdifact && text[at + 2] != 'A' && text[at + 2] != 'B') continue;
    if (is_service(text[at + 3])) return at;
  }
  return std::string_view::npos;
}

std::size_t find_service(std::string_view text, char wanted, const Syntax& syntax, std::size_t from) {
  if (syntax.release == Syntax::kNone) return text.find(wanted, from);
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == syntax.release) {
      ++at;
    } else if (text[at] == wanted) {
      return at;
    }
  }
  return std::string_view::npos;
}

void Segment::parse(std::string_view text, const Syntax& syntax) {
  syntax_ = syntax;
  elements_.clear();
  std::size_t end = find_service(text, syntax.element, syntax);
  tag_ = text.substr(0, end);
  tag_ = tag_.substr(0, find_service(tag_, syntax.component, syntax));
  while (end != std::string_view::npos) {
    const std::size_t begin = end + 1;
    end = find_service(text, syntax.element, syntax, begin);
    elements_.push_back(text.substr(begin, end - begin));
  }
}

std::string_view Segment::component(std::size_t index, std::size_t part) const {
  std::string_view rest = element(index);
  for (std::size_t i = 1; i < part; ++i) {
    const std::size_t end = find_service(rest, syntax_.component, syntax_);
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  return rest.substr(0, find_service(rest, syntax_.component, syntax_));
}

std::string plain_text(std::string_view raw, const Syntax& syntax) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (syntax.release != Syntax::kNone && raw[at] == syntax.release && at + 1 < raw.size()) ++at;
    text.push_back(raw[at]);
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool parse_count(std::string_view text, std::uint64_t* count) {
  if (text.empty() || text.size() > 10) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  *count = value;
  return true;
}

}  // namespace haul::edi
