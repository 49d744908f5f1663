#include "shim.h"

#include <fmt/format.h>

#include "haul/base/check.h"

namespace haul::adapters {
namespace {

struct FreeReply {
  void operator()(char* text) const { haul_delta_free(text); }
};

/// The codes are those of haul_delta.h. An internal error is a bug, which no retry cures.
ErrorCode code_of(std::string_view code) {
  if (code == "not_found") return ErrorCode::kNotFound;
  if (code == "already_exists") return ErrorCode::kConflict;
  if (code == "corrupt") return ErrorCode::kCorrupt;
  if (code == "io") return ErrorCode::kUnavailable;
  return ErrorCode::kInvalidInput;
}

}  // namespace

Result<Reply> Reply::take(char* text, const std::string& subject) {
  const std::unique_ptr<char, FreeReply> owned(text);
  HAUL_CHECK(owned != nullptr, "the Delta library ran out of memory");
  Reply reply;
  simdjson::dom::element document;
  const auto parsed = reply.parser_->parse(std::string_view(owned.get())).get(document);
  HAUL_CHECK(parsed == simdjson::SUCCESS, "the Delta library replies in JSON");
  if (document["ok"].get(reply.ok_) == simdjson::SUCCESS) return reply;
  std::string_view code;
  std::string_view message;
  HAUL_CHECK(document["error"]["code"].get(code) == simdjson::SUCCESS, "a failed call has an error code");
  HAUL_CHECK(document["error"]["message"].get(message) == simdjson::SUCCESS, "a failed call has a message");
  return fail(code_of(code), fmt::format("{}: {}", subject, message));
}

Result<TableHandle> open_table(const std::string& folder) {
  HaulDeltaTable* table = nullptr;
  HAUL_TRY_VOID(Reply::take(haul_delta_open(folder.c_str(), &table), folder));
  return TableHandle(table);
}

}  // namespace haul::adapters
