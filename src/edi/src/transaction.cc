#include "transaction.h"

#include <algorithm>

#include "haul/edi/date_time.h"

namespace haul::edi {
namespace {

constexpr std::size_t kProblemsMax = 100;
/// Rows repeat the heading: all rows of a transaction hold at most this much, or this many times its bytes.
constexpr std::uint64_t kRowsBytesFloor = 256U << 10U;
constexpr std::uint64_t kRowsGrowthMax = 16;

std::string_view without_terminator(std::string_view segment) {
  segment.remove_suffix(1);
  return segment;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::any_of(text.begin(), text.end(), is_digit) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_digit(c) || c == '.'; }) &&
         std::count(text.begin(), text.end(), '.') <= 1;
}

bool is_edifact_period(const Segment& segment, const Requirement& requirement, const Syntax& syntax) {
  std::string ignored;
  return edifact_time(plain_text(segment.component(requirement.element, requirement.component), syntax),
                      segment.component(requirement.element, 3), &ignored);
}

/// What is wrong with the element that a requirement names, if anything is.
std::optional<Fault> fault_of(const Segment& segment, const Requirement& requirement, const Syntax& syntax) {
  const std::string_view value = requirement.component > 0
                                     ? segment.component(requirement.element, requirement.component)
                                     : segment.element(requirement.element);
  using Need = Requirement::Need;
  if (value.empty())
    return requirement.need == Need::kElement ? std::optional(Fault::kElementMissing) : std::nullopt;
  switch (requirement.need) {
    case Need::kDate:
      return is_x12_date(value) ? std::nullopt : std::optional(Fault::kInvalidDate);
    case Need::kTime:
      return is_x12_time(value) ? std::nullopt : std::optional(Fault::kInvalidTime);
    case Need::kNumber:
      return is_number(value) ? std::nullopt : std::optional(Fault::kInvalidNumber);
    case Need::kDateTimePeriod:
      return is_edifact_period(segment, requirement, syntax) ? std::nullopt
                                                             : std::optional(Fault::kInvalidDate);
    default:
      return std::nullopt;
  }
}

/// Sorts the segments of a transaction into what all events share, outer loops and inner loops.
class Cutter {
 public:
  explicit Cutter(const Loops& loops) : loops_(loops) {}

  void add(std::size_t index, std::string_view tag) {
    if (!loops_.summary.empty() && tag == loops_.summary && state_ != State::kHeading) {
      state_ = State::kSummary;
    } else if (!loops_.outer.empty() && tag == loops_.outer) {
      state_ = State::kOuter;
      end_outer();
      outers_.push_back({});
    } else if (!loops_.inner.empty() && tag == loops_.inner) {
      if (outers_.empty()) outers_.push_back({});
      state_ = State::kInner;
      events_.push_back({index, outers_.size() - 1, {}});
      has_event_ = true;
    } else if (state_ == State::kInner && !is_member(tag)) {
      state_ = State::kOuter;
    }
    switch (state_) {
      case State::kHeading:
      case State::kSummary:
        shared_.push_back(index);
        break;
      case State::kOuter:
        outers_.back().push_back(index);
        break;
      case State::kInner:
        events_.back().segments.push_back(index);
        break;
    }
  }

  /// Stands for one row: its own segments, those of its outer loop, those that all share.
  struct Event {
    std::size_t anchor = 0;  ///< The segment it is known by.
    std::size_t outer = 0;   ///< Index into outers().
    std::vector<std::size_t> segments;
  };
  /// Nothing more comes. At least one event.
  const std::vector<Event>& finish() {
    end_outer();
    if (outers_.empty()) outers_.push_back({});
    if (events_.empty()) events_.push_back({});
    return events_;
  }
  /// Ascending indices of the segments of an event's row.
  [[nodiscard]] std::vector<std::size_t> row_of(const Event& event) const {
    std::vector<std::size_t> own;
    const std::vector<std::size_t>& outer = outers_[event.outer];
    std::merge(outer.begin(), outer.end(), event.segments.begin(), event.segments.end(),
               std::back_inserter(own));
    std::vector<std::size_t> all;
    std::merge(shared_.begin(), shared_.end(), own.begin(), own.end(), std::back_inserter(all));
    return all;
  }

 private:
  enum class State : std::uint8_t { kHeading, kOuter, kInner, kSummary };

  [[nodiscard]] bool is_member(std::string_view tag) const {
    return loops_.members.empty() ||
           std::find(loops_.members.begin(), loops_.members.end(), tag) != loops_.members.end();
  }

  /// An outer loop without inner ones is an event too: nothing is left out.
  void end_outer() {
    if (!outers_.empty() && !has_event_ && !outers_.back().empty())
      events_.push_back({outers_.back().front(), outers_.size() - 1, {}});
    has_event_ = false;
  }

  const Loops& loops_;
  State state_ = State::kHeading;
  bool has_event_ = false;  // in the outer loop that is open
  std::vector<std::size_t> shared_;
  std::vector<std::vector<std::size_t>> outers_;
  std::vector<Event> events_;
};

}  // namespace

void Transaction::add(std::string_view segment) {
  ++count_;
  bytes_ += segment.size();
  if (is_too_long()) return;
  text_.append(segment);
  begins_.push_back(text_.size());
}

std::vector<Problem> check_requirements(const MessageSpec* spec, const Syntax& syntax,
                                        const Transaction& transaction) {
  std::vector<Problem> problems;
  if (spec == nullptr) return problems;
  std::vector<bool> seen(spec->requirements.size(), false);
  Segment segment;
  for (std::size_t index = 1; index < transaction.segments(); ++index) {
    segment.parse(without_terminator(transaction.segment(index)), syntax);
    for (std::size_t i = 0; i < spec->requirements.size(); ++i) {
      const Requirement& requirement = spec->requirements[i];
      if (requirement.tag != segment.tag()) continue;
      seen[i] = true;
      const auto fault = requirement.element > 0 ? fault_of(segment, requirement, syntax) : std::nullopt;
      if (!fault || problems.size() >= kProblemsMax) continue;
      problems.push_back({*fault, std::string(segment.tag()), static_cast<std::uint32_t>(index + 1),
                          requirement.element, requirement.component,
                          plain_text(requirement.component > 0
                                         ? segment.component(requirement.element, requirement.component)
                                         : segment.element(requirement.element),
                                     syntax)});
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Requirement& requirement = spec->requirements[i];
    if (requirement.need == Requirement::Need::kSegment && !seen[i])
      problems.push_back({Fault::kSegmentMissing, std::string(requirement.tag), 2});
  }
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.position < b.position; });
  return problems;
}

std::optional<std::vector<Row>> cut_rows(const MessageSpec* spec, const Syntax& syntax,
                                         std::string_view envelope, const Transaction& transaction,
                                         std::uint32_t row_bytes_max) {
  const Loops whole;
  Cutter cutter(spec == nullptr ? whole : spec->loops);
  Segment segment;
  const std::size_t end = transaction.segments() - 1;  // the trailer
  for (std::size_t index = 0; index < end; ++index) {
    segment.parse(without_terminator(transaction.segment(index)), syntax);
    cutter.add(index, segment.tag());
  }
  std::vector<Row> rows;
  const std::uint64_t limit = std::max(kRowsBytesFloor, kRowsGrowthMax * transaction.bytes());
  std::uint64_t bytes = 0;
  for (const Cutter::Event& event : cutter.finish()) {
    Row row{transaction.first_segment() + event.anchor, std::string(envelope)};
    for (const std::size_t index : cutter.row_of(event)) row.bytes += transaction.segment(index);
    bytes += row.bytes.size();
    if (row.bytes.size() > row_bytes_max || bytes > limit) return std::nullopt;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace haul::edi
