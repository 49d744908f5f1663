#include "epcis_splitter.h"

#include <algorithm>

namespace haul::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kOpenMax = 65'536;
constexpr std::size_t kKeyBytesMax = 16;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

EpcisSplitter::EpcisSplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format,
                             SplitOptions options)
    : stream_(std::move(stream)), format_(format), options_(options), collector_(options.row_bytes_max) {}

Result<SplitRows> EpcisSplitter::next() {
  SplitRows rows;
  rows.ends.push_back(0);
  chunk_.resize(options_.chunk_bytes);
  HAUL_TRY(bytes, stream_->read(std::as_writable_bytes(std::span(chunk_))));
  std::string_view text(chunk_.data(), bytes);
  if (is_lead_ && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  is_lead_ = false;
  record_begin_ = 0;
  walk(text, rows);
  if (record_ != Record::kNone) collector_.hold(text.substr(record_begin_));
  rows.last = stream_->at_end();
  if (rows.last) finish(rows);
  rows.read_bytes = stream_->file_bytes();
  return rows;
}

void EpcisSplitter::walk(std::string_view text, SplitRows& rows) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_string_) {
      walk_plain(text, at, rows);
    } else if (text[at] == '\n') {
      is_string_ = false;
      give_up(text, at, rows);
    } else {
      walk_string(text[at]);
    }
  }
}

void EpcisSplitter::walk_string(char c) {
  const std::size_t depth_now = depth();
  if (is_escaped_) {
    is_escaped_ = false;
  } else if (c == '\\') {
    is_escaped_ = true;
  } else if (c == '"') {
    is_string_ = false;
    return;
  }
  if (is_key_ && depth_now >= 1 && depth_now <= kKeyDepthMax && keys_[depth_now - 1].size() < kKeyBytesMax)
    keys_[depth_now - 1].push_back(c);
}

void EpcisSplitter::walk_plain(std::string_view text, std::size_t at, SplitRows& rows) {
  const char c = text[at];
  const bool ends_scalar = c == ',' || c == ']' || c == '}' || (c == '\n' && depth() == 0);
  if (record_ == Record::kScalar && ends_scalar) end_record(text, at, rows);
  if (is_blank(c)) return;
  const bool is_between = record_ == Record::kNone && (depth() == 0 || is_in_list());
  switch (c) {
    case '{':
    case '[':
      open(c, at);
      return;
    case '}':
    case ']':
      close(c, text, at, rows);
      return;
    case ':':
      is_behind_colon_ = true;
      return;
    case ',':
      is_behind_colon_ = false;
      return;
    default:
      break;
  }
  if (is_between) begin_record(Record::kScalar, at);
  if (c != '"') return;
  is_string_ = true;
  is_escaped_ = false;
  is_key_ = !is_behind_colon_;
  if (is_key_ && depth() >= 1 && depth() <= kKeyDepthMax) keys_[depth() - 1].clear();
}

bool EpcisSplitter::opens_event_list() const {
  const std::size_t at = open_.size();
  if (!is_behind_colon_ || record_ == Record::kEvent || at < 2 || at > kKeyDepthMax - 1 || uncounted_ > 0)
    return false;
  return std::count(open_.begin(), open_.end(), '{') == static_cast<std::ptrdiff_t>(at) &&
         keys_[0] == "epcisBody" && keys_[at - 1] == "eventList";
}

void EpcisSplitter::open(char bracket, std::size_t at) {
  const bool is_list = list_depth_ == 0 && bracket == '[' && (depth() == 0 || opens_event_list());
  // Inside of an object a value stands behind a colon; one that does not is an event that slipped out.
  const bool is_stray = depth() > 0 && uncounted_ == 0 && open_.back() == '{' && !is_behind_colon_;
  if (!is_list && record_ == Record::kNone && (depth() == 0 || is_in_list() || is_stray))
    begin_record(depth() == 0 ? Record::kRoot : Record::kEvent, at);
  if (open_.size() < kOpenMax) {
    open_.push_back(bracket);
  } else {
    ++uncounted_;
  }
  is_behind_colon_ = false;
  if (depth() <= kKeyDepthMax) keys_[depth() - 1].clear();
  if (!is_list) return;
  list_depth_ = depth();
  if (record_ == Record::kRoot) {  // a document, not an event: what came of it is not kept
    record_ = Record::kNone;
    --number_;
    collector_.drop();
  }
}

void EpcisSplitter::close(char bracket, std::string_view text, std::size_t at, SplitRows& rows) {
  is_behind_colon_ = false;
  if (uncounted_ > 0) {
    --uncounted_;
    return;
  }
  if (bracket == '}' && record_ == Record::kNone && is_in_list()) return;  // closes nothing of the list
  const auto match = std::find(open_.rbegin(), open_.rend(), bracket == '}' ? '{' : '[');
  if (match == open_.rend()) return;
  const auto left = static_cast<std::size_t>(open_.rend() - match) - 1;
  if (record_ != Record::kNone && left < record_base_) end_record(text, at, rows);
  open_.resize(left);
  if (record_ != Record::kNone && left == record_base_) end_record(text, at + 1, rows);
  if (left < list_depth_) list_depth_ = 0;
}

void EpcisSplitter::begin_record(Record kind, std::size_t at) {
  record_ = kind;
  record_base_ = depth();
  record_begin_ = at;
  ++number_;
}

void EpcisSplitter::end_record(std::string_view text, std::size_t end, SplitRows& rows) {
  RecordCollector::Record record = collector_.end(text.substr(record_begin_, end - record_begin_));
  while (!record.is_too_long() && !record.text.empty() && is_blank(record.text.back())) {
    record.text.remove_suffix(1);
    --record.bytes;
  }
  add_record(record, number_, rows);
  record_ = Record::kNone;
}

/// A line feed ended a string: so does the event, and the next one is looked for behind it.
void EpcisSplitter::give_up(std::string_view text, std::size_t at, SplitRows& rows) {
  if (record_ == Record::kNone) return;
  end_record(text, at, rows);
  uncounted_ = 0;
  open_.resize(std::min(record_base_, open_.size()));
  is_behind_colon_ = false;
}

void EpcisSplitter::finish(SplitRows& rows) {
  if (record_ != Record::kNone) {
    record_begin_ = 0;
    end_record({}, 0, rows);
  } else if (depth() > 0) {
    rows.too_long.push_back({.line = ++number_,
                             .bytes = 0,
                             .head = {},
                             .rule = "decode.epcis",
                             .reason = "the document ends before it is closed"});
  }
}

}  // namespace haul::ingest
