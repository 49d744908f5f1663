#include "record_scanner.h"

namespace haul::ingest {

std::size_t RecordScanner::find_end(std::string_view text) {
  if (state_ == State::kRecordStart) inner_lines_ = 0;
  if (!quotes_ || state_ == State::kRecordStart) {
    const std::size_t end = text.find('\n');
    if (!quotes_) return end;
    if (text.substr(0, end).find(quote_) == std::string_view::npos && end != std::string_view::npos)
      return end;
  }
  return walk(text);
}

/// Where an unquoted part goes on behind `c`.
RecordScanner::State RecordScanner::after(char c) const {
  return c == delimiter_ ? State::kFieldStart : State::kPlain;
}

std::size_t RecordScanner::walk(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' && state_ != State::kQuoted) {
      state_ = State::kRecordStart;
      return at;
    }
    switch (state_) {
      case State::kRecordStart:
      case State::kFieldStart:
        state_ = c == quote_ ? State::kQuoted : after(c);
        break;
      case State::kPlain:
        state_ = after(c);
        break;
      case State::kQuoted:
        if (c == quote_) state_ = State::kQuoteInQuoted;
        if (c == '\n') ++inner_lines_;
        break;
      case State::kQuoteInQuoted:  // a second quote stands for one, anything else is behind the field
        state_ = c == quote_ ? State::kQuoted : after(c);
        break;
    }
  }
  return std::string_view::npos;
}

}  // namespace haul::ingest
