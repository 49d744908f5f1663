#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/yaml.h"

namespace haul::batch {

/// A word of a header: a name such as gold.route_daily, a number, or the text between single quotes.
struct Word {
  std::string text;
  SourcePlace place;
};

/// `key word... (item, item, ...)`; an item is one or more words. What is not there is empty.
struct HeaderEntry {
  Word key;
  std::vector<Word> words;
  std::vector<std::vector<Word>> items;
};

/// `KEYWORD (entry, entry, ...);` and the query behind it.
struct HeaderBlock {
  std::vector<HeaderEntry> entries;
  SourcePlace place;
  std::string sql;  ///< Without the semicolon at its end and the blanks around it.
  SourcePlace sql_place;
};

/// Reads a file that begins with `keyword (...)`. kInvalidInput with "file:line:column": no such block, an
/// unclosed bracket, quote or comment, a repeated key, nothing behind the block.
Result<HeaderBlock> parse_header_block(std::string_view keyword, std::string_view text,
                                       const std::string& file);

/// An error at a place: "file:line:column: message".
[[nodiscard]] Error error_at(const SourcePlace& place, std::string_view message);

}  // namespace haul::batch
