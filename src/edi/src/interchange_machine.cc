#include "interchange_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "haul/base/check.h"

namespace haul::edi {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::vector<std::string> elements_of(const Segment& segment) {
  std::vector<std::string> elements;
  for (std::size_t i = 1; i <= segment.elements(); ++i) elements.emplace_back(segment.element(i));
  return elements;
}

/// Each row repeats the headers of its interchange and group.
constexpr std::size_t kHeaderBytesMax = 4096;

/// `text` with at most `most` bytes in all.
void append_up_to(std::string& head, std::string_view text, std::size_t most) {
  head.append(text.substr(0, most - std::min(most, head.size())));
}

}  // namespace

void InterchangeMachine::open_interchange(std::string_view advice, std::string_view segment,
                                          const Syntax& syntax) {
  close_all();
  end_stray();
  ++number_;
  segment_.parse(segment.substr(0, segment.size() - 1), syntax);
  report_ = InterchangeReport{syntax, !advice.empty(), elements_of(segment_)};
  interchange_text_ = std::string(advice).append(segment.substr(0, kHeaderBytesMax));
  hash_ = Sha256();
  hash_.update(bytes_of(advice));
  hash_.update(bytes_of(segment));
  group_controls_.clear();
  transaction_controls_.clear();
  const std::string_view control = segment_.element(tags_.interchange.control);
  if (control.empty()) {
    report_->problems.push_back(
        {Fault::kReferenceMissing, std::string(segment_.tag()), 0, tags_.interchange.control});
    refuse_envelope(report_->problems, {});
  }
}

void InterchangeMachine::take(std::string_view segment) {
  HAUL_CHECK(is_open(), "segments belong to an interchange");
  ++number_;
  hash_.update(bytes_of(segment));
  segment_.parse(segment.substr(0, segment.size() - 1), report_->syntax);
  const std::string_view tag = segment_.tag();
  if (tag == tags_.transaction.header) {
    open_transaction(segment);
  } else if (tag == tags_.transaction.trailer && transaction_) {
    transaction_->add(segment);
    close_transaction(true);
  } else if (tag == tags_.group.header) {
    open_group(segment);
  } else if (tag == tags_.group.trailer && group_open_) {
    close_group(segment);
  } else if (tag == tags_.interchange.trailer) {
    close_interchange(segment);
  } else if (transaction_) {
    transaction_->add(segment);
  } else {
    take_stray(segment);
  }
}

void InterchangeMachine::open_group(std::string_view segment) {
  const std::vector<std::string> header = elements_of(segment_);
  if (transaction_) close_transaction(false);
  if (group_open_) close_group({});
  end_stray();
  GroupReport& opened = report_->groups.emplace_back();
  opened.has_header = true;
  opened.header = header;
  group_text_ = segment.substr(0, kHeaderBytesMax);
  group_open_ = true;
  transaction_controls_.clear();
  const std::string control(opened.element(tags_.group.control));
  const std::string tag(tags_.group.header);
  if (control.empty()) {
    opened.problems.push_back({Fault::kReferenceMissing, tag, 0, tags_.group.control});
  } else if (!group_controls_.insert(control).second) {
    opened.problems.push_back({Fault::kReferenceRepeated, tag, 0, tags_.group.control, 0, control});
  }
  refuse_envelope(opened.problems, {});
}

GroupReport& InterchangeMachine::group() {
  if (report_->groups.empty() || report_->groups.back().has_header != group_open_)
    report_->groups.emplace_back();
  return report_->groups.back();
}

void InterchangeMachine::close_group(std::string_view trailer) {
  std::vector<Problem> problems;
  if (transaction_) {
    const Segment held = segment_;
    close_transaction(false);
    segment_ = held;
  }
  end_stray();
  GroupReport& closed = report_->groups.back();
  if (trailer.empty()) {
    problems.push_back({Fault::kTrailerMissing, std::string(tags_.group.trailer)});
  } else {
    std::uint64_t stated = 0;
    if (parse_count(segment_.element(kCountElement), &stated)) closed.stated = stated;
    check_trailer(tags_.group, closed.transactions.size(), closed.element(tags_.group.control), problems);
  }
  refuse_envelope(problems, trailer);
  closed.problems.insert(closed.problems.end(), problems.begin(), problems.end());
  group_open_ = false;
  group_text_.clear();
}

void InterchangeMachine::open_transaction(std::string_view segment) {
  const std::string type(type_of(segment_, options_.standard));
  const std::string control(segment_.element(tags_.transaction.control));
  const std::string identifier(segment_.element(2));
  if (transaction_) close_transaction(false);
  end_stray();
  transaction_.emplace(number_);
  transaction_->add(segment);
  group().transactions.push_back({type, control, identifier});
}

std::vector<Problem> InterchangeMachine::find_problems(TransactionReport& report, bool has_trailer) {
  const std::string tag(tags_.transaction.header);
  const std::uint16_t type_element = options_.standard == Standard::kX12 ? 1 : 2;
  std::vector<Problem> problems;
  if (options_.standard == Standard::kX12 && !group_open_)
    problems.push_back({Fault::kUnexpectedSegment, tag, 1, 0, 0, {}, "ST stands outside of a group (GS)"});
  if (report.type.empty()) {
    problems.push_back({Fault::kIdentifierMissing, tag, 1, type_element});
  } else if (!options_.message.empty() && report.type != options_.message) {
    problems.push_back({Fault::kNotSupported, tag, 1, type_element, 0, report.type, options_.message});
  }
  if (report.control.empty()) {
    problems.push_back({Fault::kReferenceMissing, tag, 1, tags_.transaction.control});
  } else if (!transaction_controls_.insert(report.control).second) {
    problems.push_back({Fault::kReferenceRepeated, tag, 1, tags_.transaction.control, 0, report.control});
  }
  if (has_trailer) {
    check_trailer(tags_.transaction, transaction_->segments(), report.control, problems);
  } else {
    problems.push_back({Fault::kTrailerMissing, std::string(tags_.transaction.trailer)});
  }
  if (interchange_text_.size() >= kHeaderBytesMax || group_text_.size() >= kHeaderBytesMax) {
    problems.push_back({Fault::kTooLong,
                        tag,
                        1,
                        0,
                        0,
                        {},
                        fmt::format("a header around it has {} bytes or more", kHeaderBytesMax)});
  }
  if (transaction_->is_too_long()) {
    problems.push_back({Fault::kTooLong,
                        tag,
                        1,
                        0,
                        0,
                        {},
                        fmt::format("the transaction has {} bytes; its first {} are kept",
                                    transaction_->bytes(), transaction_->text().size())});
  } else if (problems.empty()) {
    problems =
        check_requirements(find_message(options_.standard, report.type), report_->syntax, *transaction_);
  }
  return problems;
}

void InterchangeMachine::close_transaction(bool has_trailer) {
  TransactionReport& report = group().transactions.back();
  report.problems = find_problems(report, has_trailer);
  const std::string envelope = interchange_text_ + group_text_;
  if (report.outcome() != Outcome::kRejected) {
    auto rows = cut_rows(find_message(options_.standard, report.type), report_->syntax, envelope,
                         *transaction_, options_.row_bytes_max);
    if (rows) {
      std::move(rows->begin(), rows->end(), std::back_inserter(output_.rows));
      transaction_.reset();
      return;
    }
    report.problems.push_back(
        {Fault::kTooLong,
         std::string(tags_.transaction.header),
         1,
         0,
         0,
         {},
         fmt::format("its events with their heading are longer than the {} bytes of a row, or out of "
                     "proportion to the {} bytes of the transaction",
                     options_.row_bytes_max, transaction_->bytes())});
  }
  std::vector<Problem> rejecting;
  std::copy_if(report.problems.begin(), report.problems.end(), std::back_inserter(rejecting), rejects);
  refuse(transaction_->first_segment(), rejecting, envelope + transaction_->text(),
         envelope.size() + transaction_->bytes());
  transaction_.reset();
}

void InterchangeMachine::check_trailer(const LevelTags& tags, std::uint64_t counted,
                                       std::string_view reference, std::vector<Problem>& problems) const {
  const std::string tag(tags.trailer);
  const auto position = &tags == &tags_.transaction ? static_cast<std::uint32_t>(counted) : 0;
  std::uint64_t stated = 0;
  if (!parse_count(segment_.element(kCountElement), &stated) || stated != counted) {
    problems.push_back({Fault::kCountMismatch, tag, position, kCountElement, 0,
                        std::string(segment_.element(kCountElement)), std::to_string(counted)});
  }
  if (segment_.element(kReferenceElement) != reference) {
    problems.push_back({Fault::kReferenceMismatch, tag, position, kReferenceElement, 0,
                        std::string(segment_.element(kReferenceElement)), std::string(reference)});
  }
}

void InterchangeMachine::close_interchange(std::string_view trailer) {
  std::vector<Problem> problems;
  const Segment held = segment_;
  if (transaction_) close_transaction(false);
  if (group_open_) close_group({});
  end_stray();
  segment_ = held;
  if (trailer.empty()) {
    problems.push_back({Fault::kTrailerMissing, std::string(tags_.interchange.trailer)});
  } else {
    const bool counts_groups =
        options_.standard == Standard::kX12 || std::any_of(report_->groups.begin(), report_->groups.end(),
                                                           [](const auto& g) { return g.has_header; });
    const std::size_t messages = report_->groups.empty() ? 0 : report_->groups.front().transactions.size();
    const auto groups = std::count_if(report_->groups.begin(), report_->groups.end(),
                                      [](const GroupReport& g) { return g.has_header; });
    check_trailer(tags_.interchange, counts_groups ? static_cast<std::uint64_t>(groups) : messages,
                  report_->element(tags_.interchange.control), problems);
  }
  refuse_envelope(problems, trailer);
  report_->problems.insert(report_->problems.end(), problems.begin(), problems.end());
  report_->sha256 = hash_.finish();
  output_.ended.push_back(std::move(*report_));
  report_.reset();
}

void InterchangeMachine::close_all() {
  if (!is_open()) return;
  ++number_;  // a trailer that is missing counts as if it had come
  close_interchange({});
}

void InterchangeMachine::refuse(std::uint64_t segment, const std::vector<Problem>& problems,
                                std::string_view text, std::uint64_t bytes) {
  std::string reason;
  for (const Problem& problem : problems) {
    if (!reason.empty()) reason += "; ";
    reason += reason_of(problem);
  }
  output_.refusals.push_back({segment, rule_of(options_.standard, problems.front()), std::move(reason),
                              std::string(text.substr(0, options_.row_bytes_max)), bytes});
}

void InterchangeMachine::refuse_envelope(const std::vector<Problem>& problems, std::string_view trailer) {
  if (problems.empty()) return;
  if (refused_envelope_ == number_) {  // one segment shows several faults: they are one refusal
    Refusal& refused = output_.refusals.back();
    for (const Problem& problem : problems) refused.reason += "; " + reason_of(problem);
    const std::string_view more = trailer.empty() ? group_text_ : trailer;  // no trailer: a GS or UNG
    refused.bytes += more.size();
    append_up_to(refused.head, more, options_.row_bytes_max);
    return;
  }
  refused_envelope_ = number_;
  const std::string text = (interchange_text_ + group_text_).append(trailer);
  refuse(number_, problems, text, text.size());
}

void InterchangeMachine::take_stray(std::string_view segment) {
  if (!stray_) {
    stray_ =
        Refusal{number_, fmt::format("decode.{}.sequence", to_string(options_.standard)),
                fmt::format("the segment {} stands outside of a transaction", segment_.tag().substr(0, 8)),
                interchange_text_ + group_text_, interchange_text_.size() + group_text_.size()};
  }
  stray_->bytes += segment.size();
  append_up_to(stray_->head, segment, options_.row_bytes_max);
}

void InterchangeMachine::take_garbage(std::string_view bytes) {
  if (!stray_) {
    const std::string_view tag = tags_.interchange.header;
    stray_ = Refusal{++number_, fmt::format("decode.{}.{}", to_string(options_.standard), tag),
                     fmt::format("no interchange begins here: there is no readable {}", tag)};
  }
  stray_->bytes += bytes.size();
  append_up_to(stray_->head, bytes, options_.row_bytes_max);
}

void InterchangeMachine::end_stray() {
  if (stray_) output_.refusals.push_back(std::move(*stray_));
  stray_.reset();
}

ReaderOutput InterchangeMachine::take_output() { return std::exchange(output_, {}); }

}  // namespace haul::edi
