#include "predicted_row.h"

#include <simdjson.h>

#include "json_scan.h"

namespace haul::ingest {
namespace {

constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

const char* append_null_or_fail(const char* at, ColumnSink& sink) {
  if (!starts_with_null(at)) return nullptr;
  sink.append_null();
  return at + 4;
}

/// Copies while it looks for the closing quote.
const char* append_text(const char* at, const char* end, ColumnSink& sink) {
  ++at;
  if (at > end) return nullptr;
  char* const room = sink.text_room(static_cast<std::size_t>(end - at) + ByteBlock::kBytes);
  char* to = room;
  std::uint32_t high = 0;
  for (; at < end; at += ByteBlock::kBytes, to += ByteBlock::kBytes) {
    const ByteBlock block(at);
    block.store(to);
    const std::uint32_t quotes = block.equal_to('"');
    const std::uint32_t stops = quotes | block.equal_to('\\') | block.control();
    high |= block.not_ascii();
    if (stops == 0) continue;
    const int first = std::countr_zero(stops);
    if (((quotes >> first) & 1U) == 0) return nullptr;
    const auto bytes = static_cast<std::size_t>(to - room) + static_cast<std::size_t>(first);
    if (high != 0 && !simdjson::validate_utf8(room, bytes)) return nullptr;
    sink.commit_text(bytes);
    return at + first + 1;
  }
  return nullptr;
}

const char* append_time(const char* at, const char* end, ColumnSink& sink) {
  bool not_ascii = false;
  const char* const quote = scan_plain_string(at + 1, end, &not_ascii);
  if (quote == nullptr || not_ascii) return nullptr;
  return sink.append_json_string({at + 1, static_cast<std::size_t>(quote - at - 1)}) ? quote + 1 : nullptr;
}

const char* append_number(const char* at, ColumnSink& sink) {
  SimpleNumber number;
  const char* const behind = scan_simple_number(at, &number);
  if (behind == nullptr) return append_null_or_fail(at, sink);
  if (sink.kind() == ValueKind::kFloat64) {
    const double value = static_cast<double>(number.digits) / kPowers[number.fraction];
    return sink.append_double(number.negative_zero ? -0.0 : value) ? behind : nullptr;
  }
  return number.fraction == 0 && sink.append_integer(number.digits) ? behind : nullptr;
}

}  // namespace

const char* append_predicted(const char* at, const char* end, ColumnSink& sink) {
  switch (sink.kind()) {
    case ValueKind::kText:
    case ValueKind::kBinary:
      return *at == '"' ? append_text(at, end, sink) : append_null_or_fail(at, sink);
    case ValueKind::kDate:
    case ValueKind::kInstant:
    case ValueKind::kLocalTime:
      return *at == '"' ? append_time(at, end, sink) : append_null_or_fail(at, sink);
    case ValueKind::kInt8:
    case ValueKind::kInt16:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kFloat64:
      return append_number(at, sink);
    case ValueKind::kBoolean:
      if (starts_with_true(at)) return sink.append_json_boolean(true) ? at + 4 : nullptr;
      if (starts_with_false(at)) return sink.append_json_boolean(false) ? at + 5 : nullptr;
      return append_null_or_fail(at, sink);
    default:
      return nullptr;
  }
}

}  // namespace haul::ingest
