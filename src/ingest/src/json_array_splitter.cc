#include "json_array_splitter.h"

#include <fmt/format.h>

#include <utility>

namespace haul::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

JsonArraySplitter::JsonArraySplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format,
                                     SplitOptions options)
    : stream_(std::move(stream)), row_format_(format), options_(options), record_(options.row_bytes_max) {
  row_format_.format = Format::kNdjson;
}

Result<SplitRows> JsonArraySplitter::next() {
  if (!refused_.empty()) return fail(ErrorCode::kInvalidInput, refused_);
  SplitRows rows;
  rows.ends.push_back(0);
  chunk_.resize(options_.chunk_bytes);
  HAUL_TRY(bytes, stream_->read(std::as_writable_bytes(std::span(chunk_))));
  std::string_view text(chunk_.data(), bytes);
  if (state_ == State::kStart && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty() && refused_.empty()) text.remove_prefix(walk(text, rows));
  if (stream_->at_end() && refused_.empty() && state_ != State::kEnd) {
    if (state_ == State::kNested || state_ == State::kString || state_ == State::kScalar)
      end_element({}, rows);
    refuse(fmt::format("the array is not closed: the file ends after element {}", number_));
  }
  rows.last = stream_->at_end() && refused_.empty();
  rows.read_bytes = stream_->file_bytes();
  return rows;
}

std::size_t JsonArraySplitter::walk(std::string_view text, SplitRows& rows) {
  const bool is_inside = state_ == State::kScalar || state_ == State::kNested || state_ == State::kString;
  return is_inside ? walk_element(text, rows) : walk_between(text);
}

std::size_t JsonArraySplitter::walk_between(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_blank(c)) continue;
    if (state_ == State::kStart && c == '[') {
      state_ = State::kFirst;
    } else if (state_ == State::kStart && c == '{') {
      is_alone_ = true;
      begin_element(c);
      return at;
    } else if (state_ == State::kStart) {
      refuse("no JSON array: the text begins with neither [ nor {");
      return text.size();
    } else if ((state_ == State::kFirst || state_ == State::kAfterElement) && c == ']') {
      state_ = State::kEnd;
    } else if (state_ == State::kAfterElement && c == ',') {
      state_ = State::kBeforeElement;
    } else if ((state_ == State::kFirst || state_ == State::kBeforeElement) && c != ',' && c != ']') {
      begin_element(c);
      return at;
    } else if (state_ == State::kEnd) {
      refuse(fmt::format("text behind the {}, after element {}", is_alone_ ? "object" : "array", number_));
      return text.size();
    } else {
      refuse(fmt::format("the array needs {} after element {}, not {:?}",
                         state_ == State::kAfterElement ? "a comma or ]" : "an element", number_, c));
      return text.size();
    }
  }
  return text.size();
}

void JsonArraySplitter::begin_element(char c) {
  ++number_;
  depth_ = 0;
  is_escaped_ = false;
  const bool is_nested = c == '{' || c == '[';
  state_ = is_nested ? State::kNested : State::kScalar;
}

std::size_t JsonArraySplitter::walk_element(std::string_view text, SplitRows& rows) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (state_ == State::kString) {
      if (is_escaped_) {
        is_escaped_ = false;
      } else if (c == '\\') {
        is_escaped_ = true;
      } else if (c == '"') {
        state_ = depth_ > 0 ? State::kNested : State::kScalar;
      }
      continue;
    }
    const bool ends_scalar = state_ == State::kScalar && (c == ',' || c == ']' || is_blank(c));
    if (ends_scalar) {
      end_element(text.substr(0, at), rows);
      return at;
    }
    if (c == '"') {
      state_ = State::kString;
    } else if (state_ == State::kNested && (c == '{' || c == '[')) {
      ++depth_;
    } else if (state_ == State::kNested && (c == '}' || c == ']') && --depth_ == 0) {
      end_element(text.substr(0, at + 1), rows);
      return at + 1;
    }
  }
  record_.hold(text);
  return text.size();
}

void JsonArraySplitter::end_element(std::string_view piece, SplitRows& rows) {
  add_record(record_.end(piece), number_, rows);
  state_ = is_alone_ ? State::kEnd : State::kAfterElement;
}

void JsonArraySplitter::refuse(std::string why) { refused_ = std::move(why); }

}  // namespace haul::ingest
