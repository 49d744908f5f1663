#include "haul/server/http.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/json.h"

namespace haul::server {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct ProblemKind {
  unsigned status;
  std::string_view title;
};

ProblemKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return {400, "The request is wrong"};
    case ErrorCode::kNotFound:
      return {404, "There is no such thing"};
    case ErrorCode::kConflict:
      return {409, "Something else was first"};
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
      return {503, "Not possible now"};
    case ErrorCode::kCorrupt:
      return {500, "Stored data is damaged"};
  }
  return {500, "Failed"};
}

}  // namespace

std::string_view RequestHead::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Response problem(unsigned status, std::string_view type, std::string_view title, std::string_view detail) {
  return {.status = status,
          .body = fmt::format(
              R"({{"type":"urn:haul:problem:{}","title":{},"status":{},"detail":{},"code":"{}"}})", type,
              json_string(title), status, json_string(detail), type),
          .content_type = "application/problem+json"};
}

Response problem(const Error& error) {
  const ProblemKind kind = kind_of(error.code);
  const std::string_view type = to_string(error.code);
  if (kind.status == 503) {
    return retry_later(503, type, kind.title, error.message, std::chrono::seconds{1});
  }
  return problem(kind.status, type, kind.title, error.message);
}

Response retry_later(unsigned status, std::string_view type, std::string_view title, std::string_view detail,
                     std::chrono::nanoseconds wait) {
  Response response = problem(status, type, title, detail);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  response.headers.emplace_back("Retry-After", fmt::to_string(std::clamp<std::int64_t>(seconds, 1, 3'600)));
  return response;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace haul::server
