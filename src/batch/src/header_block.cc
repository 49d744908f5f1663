#include "header_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace haul::batch {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '@' || c == '-';
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// Goes through the text once, keeping line and column.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& file) : text_(text), place_{file, 1, 1} {}

  Result<HeaderBlock> read(std::string_view keyword) {
    HeaderBlock block;
    HAUL_TRY_VOID(skip_blanks());
    block.place = place_;
    HAUL_TRY(first, read_word());
    if (!first || !equal_without_case(first->text, keyword)) {
      return fail(error_at(block.place, fmt::format("expected `{} (`", keyword)));
    }
    HAUL_TRY_VOID(expect('('));
    HAUL_TRY_VOID(read_entries(block.entries));
    HAUL_TRY_VOID(expect(';'));
    HAUL_TRY_VOID(skip_blanks());
    block.sql_place = place_;
    HAUL_TRY(sql, read_query());
    block.sql = std::move(sql);
    if (block.sql.empty()) return fail(error_at(block.sql_place, "expected a SELECT after the header"));
    return block;
  }

 private:
  [[nodiscard]] bool at_end() const { return next_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[next_]; }
  [[nodiscard]] bool starts_with(std::string_view mark) const {
    return text_.substr(next_).starts_with(mark);
  }

  void advance() {
    place_.column = text_[next_] == '\n' ? 1 : place_.column + 1;
    if (text_[next_] == '\n') ++place_.line;
    ++next_;
  }

  Result<void> skip_comment() {
    const SourcePlace begin = place_;
    if (starts_with("--")) {
      while (!at_end() && peek() != '\n') advance();
      return {};
    }
    while (!at_end() && !starts_with("*/")) advance();
    if (at_end()) return fail(error_at(begin, "this comment has no end"));
    advance();
    advance();
    return {};
  }

  Result<void> skip_blanks() {
    while (!at_end()) {
      if (std::isspace(static_cast<unsigned char>(peek())) != 0) {
        advance();
      } else if (starts_with("--") || starts_with("/*")) {
        HAUL_TRY_VOID(skip_comment());
      } else {
        break;
      }
    }
    return {};
  }

  Result<void> expect(char wanted) {
    HAUL_TRY_VOID(skip_blanks());
    if (peek() != wanted) return fail(unexpected(std::string("`") + wanted + "`"));
    advance();
    return {};
  }

  [[nodiscard]] Error unexpected(std::string_view wanted) const {
    const std::string found = at_end() ? "the end of the file" : fmt::format("`{}`", peek());
    return error_at(place_, fmt::format("expected {}, found {}", wanted, found));
  }

  /// The next word, or nothing where a mark stands.
  Result<std::optional<Word>> read_word() {
    HAUL_TRY_VOID(skip_blanks());
    Word word{.text = {}, .place = place_};
    if (peek() == '\'') {
      HAUL_TRY(text, read_quoted());
      word.text = std::move(text);
      return std::optional(std::move(word));
    }
    while (is_word_character(peek()) && !starts_with("--")) {
      word.text += peek();
      advance();
    }
    if (word.text.empty()) return std::optional<Word>();
    return std::optional(std::move(word));
  }

  /// 'text', a quote inside written twice.
  Result<std::string> read_quoted() {
    const SourcePlace begin = place_;
    std::string out;
    advance();
    while (!at_end()) {
      const bool quote = peek() == '\'';
      if (quote && !starts_with("''")) {
        advance();
        return out;
      }
      if (quote) advance();
      out += peek();
      advance();
    }
    return fail(error_at(begin, "this quote has no end"));
  }

  Result<std::vector<Word>> read_words() {
    std::vector<Word> words;
    for (;;) {
      HAUL_TRY(word, read_word());
      if (!word) return words;
      words.push_back(*std::move(word));
    }
  }

  Result<void> read_entries(std::vector<HeaderEntry>& entries) {
    for (;;) {
      HAUL_TRY(words, read_words());
      if (words.empty()) return fail(unexpected("a key"));
      HeaderEntry entry{.key = words.front(), .words = {words.begin() + 1, words.end()}, .items = {}};
      const auto same = [&](const HeaderEntry& other) { return other.key.text == entry.key.text; };
      if (std::any_of(entries.begin(), entries.end(), same)) {
        return fail(error_at(entry.key.place, fmt::format("`{}` stands twice", entry.key.text)));
      }
      if (peek() == '(') HAUL_TRY_VOID(read_items(entry.items));
      entries.push_back(std::move(entry));
      HAUL_TRY_VOID(skip_blanks());
      if (peek() == ')') break;
      HAUL_TRY_VOID(expect(','));
    }
    advance();
    return {};
  }

  Result<void> read_items(std::vector<std::vector<Word>>& items) {
    advance();
    for (;;) {
      HAUL_TRY(words, read_words());
      if (words.empty()) return fail(unexpected("a name"));
      items.push_back(std::move(words));
      if (peek() == ')') break;
      HAUL_TRY_VOID(expect(','));
    }
    advance();
    return {};
  }

  /// The rest of the file, which is one statement: semicolon, blanks and comments may follow it, nothing
  /// else.
  Result<std::string> read_query() {
    const std::size_t begin = next_;
    std::size_t end = begin;
    while (!at_end() && peek() != ';') {
      if (starts_with("--") || starts_with("/*")) {
        HAUL_TRY_VOID(skip_comment());
      } else if (peek() == '\'' || peek() == '"') {
        HAUL_TRY_VOID(skip_quoted(peek()));
        end = next_;
      } else {
        if (std::isspace(static_cast<unsigned char>(peek())) == 0) end = next_ + 1;
        advance();
      }
    }
    if (!at_end()) {
      advance();
      HAUL_TRY_VOID(skip_blanks());
      if (!at_end())
        return fail(error_at(place_, "one statement is enough: remove what follows the semicolon"));
    }
    return std::string(text_.substr(begin, end - begin));
  }

  Result<void> skip_quoted(char quote) {
    const SourcePlace begin = place_;
    advance();
    while (!at_end() && peek() != quote) advance();
    if (at_end()) return fail(error_at(begin, "this quote has no end"));
    advance();
    return {};
  }

  std::string_view text_;
  std::size_t next_ = 0;
  SourcePlace place_;
};

}  // namespace

Error error_at(const SourcePlace& place, std::string_view message) {
  return Error{ErrorCode::kInvalidInput, fmt::format("{}: {}", to_string(place), message)};
}

Result<HeaderBlock> parse_header_block(std::string_view keyword, std::string_view text,
                                       const std::string& file) {
  return HeaderReader(text, file).read(keyword);
}

}  // namespace haul::batch
