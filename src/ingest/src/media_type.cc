#include "haul/ingest/media_type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace haul::ingest {
namespace {

constexpr std::array kMediaTypes{
    std::pair<std::string_view, Format>{"application/x-ndjson", Format::kNdjson},
    std::pair<std::string_view, Format>{"application/jsonl", Format::kNdjson},
    std::pair<std::string_view, Format>{"text/csv", Format::kCsv},
    std::pair<std::string_view, Format>{"application/json", Format::kJson},
    std::pair<std::string_view, Format>{"application/vnd.apache.parquet", Format::kParquet},
    std::pair<std::string_view, Format>{"application/vnd.apache.arrow.stream", Format::kArrow},
    std::pair<std::string_view, Format>{"application/EDI-X12", Format::kX12},  // RFC 1767
    std::pair<std::string_view, Format>{"application/EDIFACT", Format::kEdifact},
    std::pair<std::string_view, Format>{"application/ld+json", Format::kEpcis},  // JSON, too: EPCIS 2.0
};

bool is_same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// What a source of format `expected` makes of rows in a format that is named for all sources alike.
std::optional<Format> taken_as(Format format, Format expected) {
  const bool is_json = format == Format::kNdjson || format == Format::kJson;
  if (is_json && expected == Format::kEpcis) return expected;
  const bool is_special = format == Format::kX12 || format == Format::kEdifact || format == Format::kEpcis;
  if (is_special && format != expected) return std::nullopt;
  return format;
}

}  // namespace

std::optional<Format> format_of_media_type(std::string_view content_type, Format expected) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  for (const auto& [name, format] : kMediaTypes) {
    if (is_same(type, name)) return taken_as(format, expected);
  }
  return std::nullopt;
}

std::vector<std::string> media_types() {
  std::vector<std::string> types;
  for (const auto& [name, format] : kMediaTypes) types.emplace_back(name);
  return types;
}

}  // namespace haul::ingest
