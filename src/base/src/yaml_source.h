#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haul {

/// The text of a YAML file and its lines: what has to be looked at in the characters because the parser below
/// does not. Lines and byte columns count from 0 here, as the parser's marks do.
class YamlSource {
 public:
  struct Flaw {
    int line = 0;
    int byte_column = 0;
    std::string message;
  };

  /// `text` is without a byte order mark and must outlive the source.
  explicit YamlSource(std::string_view text);

  /// The first character that YAML forbids or that this reader refuses (see YamlNode::parse), or nothing.
  [[nodiscard]] std::optional<Flaw> find_flaw() const;

  /// The column in characters, from 1, of a byte column.
  [[nodiscard]] int character_column(int line, int byte_column) const;

  /// False where the scalar that begins here (after its tag and anchor) opens with a quote that is never
  /// closed.
  [[nodiscard]] bool is_quote_closed(int line, int byte_column) const;

 private:
  [[nodiscard]] std::string_view line_text(int line) const;

  std::string_view text_;
  std::vector<std::size_t> line_begins_;
};

}  // namespace haul
