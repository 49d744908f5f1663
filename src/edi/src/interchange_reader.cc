#include "haul/edi/interchange_reader.h"

#include <algorithm>

#include "interchange_machine.h"

namespace haul::edi {
namespace {

/// What may stand between segments and between interchanges. NUL and Control-Z pad files of old systems.
bool is_padding(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\0' || c == '\x1A'; }

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kHeaderMarkBytes = 4;  // "ISA*"
constexpr std::size_t kIsaBytes = 106;

}  // namespace

/// Cuts the bytes into segments.
class InterchangeReader::Machine {
 public:
  explicit Machine(ReaderOptions options) : standard_(options.standard), machine_(std::move(options)) {}

  ReaderOutput feed(std::string_view bytes) {
    buffer_.append(bytes);
    run(/*is_last=*/false);
    buffer_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
    return machine_.take_output();
  }

  ReaderOutput finish() {
    run(/*is_last=*/true);
    machine_.close_all();
    machine_.end_stray();
    return machine_.take_output();
  }

 private:
  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  void run(bool is_last) {
    while (machine_.is_open() ? step_inside(is_last) : step_outside(is_last)) {
    }
  }

  /// One segment; false where its end has not come yet.
  bool step_inside(bool is_last) {
    skip_padding();
    if (rest().empty()) return false;
    if (begins_header()) return open_next(is_last);
    const std::size_t end =
        find_service(buffer_, machine_.syntax().segment, machine_.syntax(), std::max(at_, searched_));
    if (end == std::string::npos) return step_unended(is_last);
    const std::string_view segment = std::string_view(buffer_).substr(at_, end + 1 - at_);
    const std::size_t next = header_inside(segment);
    if (next == std::string_view::npos) {
      machine_.take(segment);
    } else {
      take_unended(segment.substr(0, next));
    }
    at_ += std::min(next, segment.size());
    return true;
  }

  /// Where the header of another interchange begins inside a segment that has lost its terminator.
  [[nodiscard]] std::size_t header_inside(std::string_view segment) const {
    const std::size_t at = find_header(standard_, segment, 1);
    if (at == std::string_view::npos) return at;
    const std::string_view header = segment.substr(at);
    const bool is_header =
        standard_ == Standard::kX12 ? header.size() == kIsaBytes : header.substr(4).starts_with("UNO");
    return is_header && scan_header(standard_, header).state == HeaderScan::State::kFound
               ? at
               : std::string_view::npos;
  }

  void take_unended(std::string_view text) {
    while (!text.empty() && is_padding(text.back())) text.remove_suffix(1);
    const char release = machine_.syntax().release;
    const std::size_t last = text.find_last_not_of(release);
    const std::size_t releases = text.size() - (last == std::string_view::npos ? 0 : last + 1);
    if (release != Syntax::kNone && releases % 2 == 1)
      text.remove_suffix(1);  // it would release the terminator
    machine_.take(std::string(text) + machine_.syntax().segment);
  }

  /// Without a terminator the end of the file ends a segment; one that is too long ends the interchange.
  bool step_unended(bool is_last) {
    // A release character at the very end takes what follows with it: look again from the segment's start.
    if (machine_.syntax().release == Syntax::kNone) searched_ = buffer_.size();
    if (rest().size() > kSegmentBytesMax) {
      machine_.close_all();
      return pass_garbage(1, is_last);
    }
    if (!is_last) return false;
    take_unended(rest());
    at_ = buffer_.size();
    return false;
  }

  /// An interchange that begins before the last one has ended.
  [[nodiscard]] bool begins_header() const {
    return find_header(standard_, rest().substr(0, kHeaderMarkBytes), 0) == 0 &&
           scan_header(standard_, rest()).state != HeaderScan::State::kBroken;
  }

  bool step_outside(bool is_last) {
    skip_padding();
    if (rest().starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    return !rest().empty() && open_next(is_last);
  }

  /// The header of an interchange here, or garbage up to the next; false where more bytes must come first.
  bool open_next(bool is_last) {
    const HeaderScan scan = scan_header(standard_, rest());
    if (scan.state == HeaderScan::State::kFound) {
      const std::size_t end = find_service(rest(), scan.syntax.segment, scan.syntax, scan.segment_begin);
      if (end != std::string_view::npos) {
        const std::string_view text = rest().substr(0, end + 1);
        machine_.open_interchange(text.substr(0, scan.segment_begin), text.substr(scan.segment_begin),
                                  scan.syntax);
        at_ += end + 1;
        searched_ = 0;  // for the terminator of another syntax
        return true;
      }
    }
    const bool is_complete =
        is_last || scan.state == HeaderScan::State::kBroken || rest().size() > kSegmentBytesMax;
    if (!is_complete) return false;
    machine_.close_all();
    return pass_garbage(scan.state == HeaderScan::State::kBroken ? 0 : 1, is_last);
  }

  /// Gives bytes up to the next header, looked for from `from` on, away as garbage. False where there are
  /// none to give before more bytes come.
  bool pass_garbage(std::size_t from, bool is_last) {
    std::size_t next = find_header(standard_, rest(), from);
    if (next == 0) next = find_header(standard_, rest(), 1);
    if (next == std::string_view::npos) {
      const std::size_t kept = is_last ? 0 : std::min(rest().size(), kHeaderMarkBytes);
      next = rest().size() - kept;
    }
    if (next > 0) machine_.take_garbage(rest().substr(0, next));
    at_ += next;
    return next > 0;
  }

  void skip_padding() {
    while (at_ < buffer_.size() && is_padding(buffer_[at_])) ++at_;
  }

  Standard standard_;
  InterchangeMachine machine_;
  std::string buffer_;
  std::size_t at_ = 0;        // of the next byte to look at
  std::size_t searched_ = 0;  // no terminator stands before it
};

InterchangeReader::InterchangeReader(ReaderOptions options)
    : machine_(std::make_unique<Machine>(std::move(options))) {}
InterchangeReader::~InterchangeReader() = default;
InterchangeReader::InterchangeReader(InterchangeReader&&) noexcept = default;
InterchangeReader& InterchangeReader::operator=(InterchangeReader&&) noexcept = default;

ReaderOutput InterchangeReader::feed(std::string_view bytes) { return machine_->feed(bytes); }
ReaderOutput InterchangeReader::finish() { return machine_->finish(); }

}  // namespace haul::edi
