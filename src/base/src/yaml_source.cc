#include "yaml_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/json.h"

namespace haul {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

/// What is wrong with a line, and in `at` the byte where.
std::optional<std::string> flaw_in_line(std::string_view line, std::size_t& at) {
  const std::size_t indent = line.find_first_not_of(' ');
  if (indent != std::string_view::npos && line[indent] == '\t' &&
      line.find_first_not_of(" \t\r") != std::string_view::npos) {
    at = indent;
    return "a tab stands in the indentation; indent with spaces";
  }
  while (at < line.size()) {
    if (is_control(line[at])) {
      return fmt::format("the control character 0x{:02x} stands here; remove it",
                         static_cast<unsigned>(static_cast<unsigned char>(line[at])));
    }
    const std::size_t length = utf8_length(line.substr(at));
    if (length == 0) {
      return fmt::format("the byte 0x{:02x} is not UTF-8; save the file as UTF-8",
                         static_cast<unsigned>(static_cast<unsigned char>(line[at])));
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace

YamlSource::YamlSource(std::string_view text) : text_(text), line_begins_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    line_begins_.push_back(at + 1);
  }
}

std::string_view YamlSource::line_text(int line) const {
  const auto index = static_cast<std::size_t>(std::max(line, 0));
  if (index >= line_begins_.size()) return {};
  const std::size_t begin = line_begins_[index];
  const std::size_t end = index + 1 < line_begins_.size() ? line_begins_[index + 1] - 1 : text_.size();
  return text_.substr(begin, end - begin);
}

std::optional<YamlSource::Flaw> YamlSource::find_flaw() const {
  for (std::size_t line = 0; line < line_begins_.size(); ++line) {
    std::size_t at = 0;
    if (auto message = flaw_in_line(line_text(static_cast<int>(line)), at)) {
      return Flaw{static_cast<int>(line), static_cast<int>(at), *std::move(message)};
    }
  }
  return std::nullopt;
}

int YamlSource::character_column(int line, int byte_column) const {
  const std::string_view before =
      line_text(line).substr(0, static_cast<std::size_t>(std::max(byte_column, 0)));
  return static_cast<int>(before.size() - static_cast<std::size_t>(
                                              std::count_if(before.begin(), before.end(), is_continuation))) +
         1;
}

bool YamlSource::is_quote_closed(int line, int byte_column) const {
  const auto index = static_cast<std::size_t>(std::max(line, 0));
  if (index >= line_begins_.size()) return true;
  std::size_t at = line_begins_[index] + static_cast<std::size_t>(std::max(byte_column, 0));
  while (at < text_.size() && (text_[at] == '!' || text_[at] == '&')) {
    at = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
    at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
  }
  if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return true;
  const char quote = text_[at];
  for (++at; at < text_.size(); ++at) {
    if (quote == '"' && text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      if (quote == '"' || at + 1 >= text_.size() || text_[at + 1] != '\'') return true;
      ++at;
    }
  }
  return false;
}

}  // namespace haul
