#include <fmt/format.h>

#include <algorithm>

#include "haul/base/units.h"
#include "haul/ingest/pull.h"

namespace haul::ingest {
namespace {

/// "a.b" -> {"a", "b"}.
Result<std::vector<std::string>> read_path(const YamlNode& map, std::string_view key) {
  std::vector<std::string> keys;
  const auto node = map.find(key);
  if (!node) return keys;
  HAUL_TRY(text, node->as_string());
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('.', from), text.size());
    if (to == from)
      return fail(node->error(fmt::format("`{}` needs keys with dots between, e.g. data.items", key)));
    keys.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return keys;
}

/// "10/s", "60/m", "600/h" -> the time between two.
Result<Micros> read_rate(const YamlNode& node) {
  HAUL_TRY(text, node.as_string());
  const std::size_t slash = text.find('/');
  std::int64_t count = 0;
  for (const char c : text.substr(0, slash)) {
    if (c < '0' || c > '9' || count > 1'000'000) count = -1'000'000'000;
    count = count * 10 + (c - '0');
  }
  const std::string unit = slash == std::string::npos ? "" : text.substr(slash + 1);
  Micros span{0};
  if (unit == "s") span = std::chrono::seconds{1};
  if (unit == "m") span = std::chrono::minutes{1};
  if (unit == "h") span = std::chrono::hours{1};
  if (count <= 0 || span.count() == 0)
    return fail(node.error("`rate` needs requests per time, e.g. 10/s, 60/m or 600/h"));
  return span / count;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

Result<void> read_headers(const YamlNode& from, PullOptions& pull) {
  const auto node = from.find("headers");
  if (!node) return {};
  for (const auto& [name, value] : node->entries()) {
    HAUL_TRY(text, value.as_string());
    if (name.empty() || name.find_first_of(": \t\r\n") != std::string::npos || !is_header_text(text)) {
      return fail(value.error("a header has a name without colon and blanks, and a value of one line"));
    }
    pull.headers.emplace(name, text);
  }
  return {};
}

Result<void> read_position(const YamlNode& from, PullOptions& pull) {
  HAUL_TRY(url, from.at("url"));
  HAUL_TRY(address, url.as_string());
  if (!address.starts_with("https://") && !address.starts_with("http://")) {
    return fail(url.error("`url` needs an address that begins with https:// or http://"));
  }
  pull.url = address;
  pull.by_page = count_of(address, "{page}") == 1;
  if (count_of(address, "{page}") + count_of(address, "{cursor}") != 1) {
    return fail(url.error("`url` needs {cursor} or {page} once: the place of the position"));
  }
  if (const auto start = from.find("start")) {
    pull.start = std::string(start->text());
    const bool is_number = !pull.start.empty() && pull.start.size() < 10 &&
                           pull.start.find_first_not_of("0123456789") == std::string::npos;
    if (pull.by_page && !is_number) return fail(start->error("`start` needs the number of the first page"));
  } else if (pull.by_page) {
    pull.start = "1";
  }
  HAUL_TRY(next, read_path(from, "next"));
  pull.next = std::move(next);
  if (pull.by_page == pull.next.empty()) return {};
  return fail(from.error(pull.by_page
                             ? "`next` is for {cursor}: pages are counted"
                             : "{cursor} needs `next`: the keys that lead to the next one, e.g. meta.next"));
}

}  // namespace

Result<PullOptions> parse_pull(const YamlNode& from) {
  PullOptions pull;
  HAUL_TRY_VOID(read_position(from, pull));
  HAUL_TRY(rows, read_path(from, "rows"));
  pull.rows = std::move(rows);
  if (const auto node = from.find("authorization")) {
    HAUL_TRY(text, node->as_string());
    if (!text.starts_with("env:") && !text.starts_with("file:")) {
      return fail(node->error("a secret is given by reference: env:NAME or file:PATH"));
    }
    pull.authorization = text;
  }
  HAUL_TRY_VOID(read_headers(from, pull));
  if (const auto node = from.find("every")) {
    HAUL_TRY(text, node->as_string());
    auto duration = parse_duration(text);
    if (!duration) return fail(node->error(duration.error().message));
    pull.every = *duration;
  }
  if (const auto node = from.find("rate")) {
    HAUL_TRY(gap, read_rate(*node));
    pull.gap = gap;
  }
  return pull;
}

}  // namespace haul::ingest
