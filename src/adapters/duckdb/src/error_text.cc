#include "error_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace haul::adapters::duckdb {
namespace {

struct Said {
  std::string kind;  ///< "Parser", "Binder", "IO", ...; empty where DuckDB gave none.
  std::string message;
  std::optional<std::size_t> position;
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// {"exception_type":"Binder","exception_message":"...","position":"14",...}; the syntax tree's errors call
/// the first two error_type and error_message, and write the kind in lower case.
std::optional<Said> read_object(std::string_view said) {
  simdjson::dom::parser parser;
  simdjson::dom::object fields;
  if (parser.parse(said.data(), said.size()).get(fields) != simdjson::SUCCESS) return std::nullopt;
  const auto text = [&fields](const char* key, const char* other_key) {
    std::string_view value;
    if (fields[key].get(value) != simdjson::SUCCESS && fields[other_key].get(value) != simdjson::SUCCESS)
      return std::string();
    return std::string(value);
  };
  return Said{.kind = text("exception_type", "error_type"),
              .message = text("exception_message", "error_message"),
              .position = number(text("position", "position"))};
}

/// "Binder Error: ..." of the messages that come as plain text.
Said read_plain(std::string_view said) {
  constexpr std::string_view kMark = " Error: ";
  const std::size_t mark = said.find(kMark);
  if (mark == std::string_view::npos || said.substr(0, mark).find('\n') != std::string_view::npos) {
    return {.kind = {}, .message = std::string(said), .position = {}};
  }
  return {.kind = std::string(said.substr(0, mark)),
          .message = std::string(said.substr(mark + kMark.size())),
          .position = {}};
}

Said read(std::string_view said) {
  const std::size_t brace = said.find('{');
  if (brace != std::string_view::npos) {
    if (auto object = read_object(said.substr(brace))) return *std::move(object);
  }
  return read_plain(said);
}

/// One line: DuckDB's picture of the place is left out (the position says it), line ends become spaces.
std::string one_sentence(std::string message) {
  if (const std::size_t picture = message.find("\nLINE "); picture != std::string::npos)
    message.resize(picture);
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  std::string out;
  for (const char c : message) {
    if (c != '\n') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

bool names_one_of(std::string_view message, const std::vector<Path>& files) {
  return std::any_of(files.begin(), files.end(), [message](const Path& file) {
    return message.find(file.native()) != std::string_view::npos;
  });
}

/// Messages of the Parquet reader that name no file.
bool is_decoding_failure(std::string_view message) {
  constexpr std::string_view kSigns[] = {
      "TProtocolException", "Parquet", "parquet", "ZSTD", "Snappy", "snappy"};
  return std::any_of(std::begin(kSigns), std::end(kSigns), [message](std::string_view sign) {
    return message.find(sign) != std::string_view::npos;
  });
}

ErrorCode code_of(std::string_view kind, std::string_view message, const std::vector<Path>& files) {
  if (kind == "Interrupt" || kind == "INTERRUPT") return ErrorCode::kCancelled;
  if (kind == "Out of Memory") return ErrorCode::kUnavailable;
  if (kind == "IO" && message.find("annot open file") != std::string_view::npos)
    return ErrorCode::kUnavailable;
  if (kind == "Conversion" || kind == "Binder" || kind == "Parser" || kind == "Catalog")
    return ErrorCode::kInvalidInput;
  if (!files.empty() && (names_one_of(message, files) || is_decoding_failure(message)))
    return ErrorCode::kCorrupt;
  if (kind == "IO" || kind == "HTTP") return ErrorCode::kUnavailable;
  return ErrorCode::kInvalidInput;
}

}  // namespace

Error to_error(std::string_view said, const QueryText* query, const std::vector<Path>& files) {
  const Said what = read(said);
  std::string message = one_sentence(what.message);
  const ErrorCode code = code_of(what.kind, message, files);
  if (what.kind == "Out of Memory") message += "; give the query more memory or a spill directory";
  if (query != nullptr && what.position) message += fmt::format(" ({})", query->place(*what.position));
  return {code, std::move(message)};
}

}  // namespace haul::adapters::duckdb
