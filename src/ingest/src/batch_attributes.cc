#include "haul/ingest/batch_attributes.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "haul/base/json.h"

namespace haul::ingest {
namespace {

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    out += static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

Error damaged(std::string_view what) {
  return {ErrorCode::kCorrupt, fmt::format("a log batch describes itself wrongly: {}", what)};
}

Result<std::vector<std::uint64_t>> read_lines(std::string_view bytes) {
  std::vector<std::uint64_t> lines;
  std::uint64_t line = 0;
  std::uint64_t difference = 0;
  unsigned shift = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (shift > 56) return fail(damaged("a line number is too large"));
    difference |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
    if ((byte & 0x80U) != 0) continue;
    line += difference;
    lines.push_back(line);
    difference = 0;
    shift = 0;
  }
  if (shift != 0) return fail(damaged("its last line number is cut"));
  return lines;
}

/// The text of a member, or an error.
Result<std::string> text_of(const simdjson::dom::element& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return fail(damaged(fmt::format("no text \"{}\"", name)));
  return std::string(text);
}

Result<char> char_of(const simdjson::dom::element& object, std::string_view name) {
  HAUL_TRY(text, text_of(object, name));
  if (text.size() != 1) return fail(damaged(fmt::format("\"{}\" is not one character", name)));
  return text[0];
}

}  // namespace

std::string encode_attributes(const BatchAttributes& attributes) {
  const FormatOptions& format = attributes.format;
  std::string out = fmt::format("{{\"v\":1,\"format\":\"{}\"", to_string(format.format));
  const auto member = [&out](std::string_view name, std::string_view value) {
    out += fmt::format(",\"{}\":", name);
    append_json_string(out, value);
  };
  member("file", attributes.file);
  member("timestamp_offset", format.timestamp_offset);
  if (format.format == Format::kCsv) {
    member("header", attributes.header);
    member("delimiter", {&format.csv.delimiter, 1});
    member("quote", {&format.csv.quote, 1});
    member("null_text", format.csv.null_text);
    member("encoding", format.csv.encoding);
  }
  if (!format.message.empty()) member("message", format.message);
  if (!attributes.reject_reason.empty()) member("reject", attributes.reject_reason);
  if (!attributes.page_sha256.empty()) {
    member("cursor", attributes.cursor);
    member("page_sha256", attributes.page_sha256);
  }
  if (!attributes.reject_rule.empty()) member("reject_rule", attributes.reject_rule);
  out += "}\n";
  std::uint64_t last = 0;
  for (const std::uint64_t line : attributes.lines) {
    append_varint(out, line - last);
    last = line;
  }
  return out;
}

Result<BatchAttributes> decode_attributes(std::string_view text) {
  const std::size_t split = text.find('\n');
  if (split == std::string_view::npos) return fail(damaged("no line feed after its JSON"));
  simdjson::dom::parser parser;
  simdjson::dom::element object;
  if (parser.parse(text.data(), split, true).get(object) != simdjson::SUCCESS)
    return fail(damaged("no JSON"));
  BatchAttributes attributes;
  HAUL_TRY(name, text_of(object, "format"));
  const auto format = format_named(name);
  if (!format) return fail(damaged(fmt::format("unknown format {}", name)));
  attributes.format.format = *format;
  HAUL_TRY(file, text_of(object, "file"));
  attributes.file = std::move(file);
  HAUL_TRY(offset, text_of(object, "timestamp_offset"));
  attributes.format.timestamp_offset = std::move(offset);
  if (attributes.format.format == Format::kCsv) {
    CsvOptions& csv = attributes.format.csv;
    HAUL_TRY(header, text_of(object, "header"));
    attributes.header = std::move(header);
    HAUL_TRY(delimiter, char_of(object, "delimiter"));
    csv.delimiter = delimiter;
    HAUL_TRY(quote, char_of(object, "quote"));
    csv.quote = quote;
    HAUL_TRY(null_text, text_of(object, "null_text"));
    csv.null_text = std::move(null_text);
    HAUL_TRY(encoding, text_of(object, "encoding"));
    csv.encoding = std::move(encoding);
  }
  if (std::string_view reject; object["reject"].get(reject) == simdjson::SUCCESS)
    attributes.reject_reason = reject;
  if (std::string_view page; object["page_sha256"].get(page) == simdjson::SUCCESS) {
    attributes.page_sha256 = page;
    HAUL_TRY(cursor, text_of(object, "cursor"));
    attributes.cursor = std::move(cursor);
  }
  if (std::string_view rule; object["reject_rule"].get(rule) == simdjson::SUCCESS)
    attributes.reject_rule = rule;
  if (std::string_view message; object["message"].get(message) == simdjson::SUCCESS)
    attributes.format.message = message;
  HAUL_TRY(lines, read_lines(text.substr(split + 1)));
  attributes.lines = std::move(lines);
  return attributes;
}

}  // namespace haul::ingest
