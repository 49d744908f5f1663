#include "haul/edi/interchange.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::edi {
namespace {

std::string_view element_of(const std::vector<std::string>& elements, std::size_t index) {
  return index >= 1 && index <= elements.size() ? std::string_view(elements[index - 1]) : std::string_view();
}

/// What a trailer counts.
std::string_view counted_by(std::string_view tag) {
  if (tag == "SE" || tag == "UNT") return "segments";
  if (tag == "GE") return "transaction sets";
  if (tag == "UNE") return "messages";
  return tag == "IEA" ? "groups" : "groups or messages";
}

std::string place_of(const Problem& problem) {
  std::string place = problem.tag;
  if (problem.element > 0) place += fmt::format("{:02}", problem.element);
  if (problem.component > 0) place += fmt::format(".{}", problem.component);
  return place;
}

std::string in_segment(const Problem& problem) {
  return problem.position > 0 ? fmt::format(" in segment {}", problem.position) : "";
}

}  // namespace

std::string rule_of(Standard standard, const Problem& problem) {
  if (problem.fault == Fault::kTooLong) return "decode.row_too_long";
  const std::string number = problem.element > 0 ? fmt::format("{:02}", problem.element) : "";
  return fmt::format("decode.{}.{}{}", to_string(standard), problem.tag, number);
}

std::string reason_of(const Problem& problem) {
  const std::string place = place_of(problem);
  switch (problem.fault) {
    case Fault::kTrailerMissing:
      return fmt::format("the trailer {} is missing", problem.tag);
    case Fault::kReferenceMismatch:
      return fmt::format("{} is \"{}\", the header has \"{}\"", place, problem.value, problem.expected);
    case Fault::kCountMismatch:
      return fmt::format("{} says {} {}, there are {}", place, problem.value, counted_by(problem.tag),
                         problem.expected);
    case Fault::kNotSupported:
      return fmt::format("{} is \"{}\", this source takes {}", place, problem.value, problem.expected);
    case Fault::kIdentifierMissing:
      return fmt::format("{} names no kind of message", place);
    case Fault::kReferenceMissing:
      return fmt::format("{} holds no control number", place);
    case Fault::kReferenceRepeated:
      return fmt::format("the control number \"{}\" of {} was used before", problem.value, place);
    case Fault::kUnexpectedSegment:
      return problem.expected.empty() ? fmt::format("the segment {} stands where it cannot", place)
                                      : problem.expected;
    case Fault::kSegmentMissing:
      return fmt::format("the mandatory segment {} is missing", place);
    case Fault::kElementMissing:
      return fmt::format("{}{} is mandatory and empty", place, in_segment(problem));
    case Fault::kInvalidDate:
      return fmt::format("{}{}: \"{}\" is no date", place, in_segment(problem), problem.value);
    case Fault::kInvalidTime:
      return fmt::format("{}{}: \"{}\" is no time", place, in_segment(problem), problem.value);
    case Fault::kInvalidNumber:
      return fmt::format("{}{}: \"{}\" is no number", place, in_segment(problem), problem.value);
    case Fault::kTooLong:
      return problem.expected;
  }
  return place;
}

bool rejects(const Problem& problem) {
  switch (problem.fault) {
    case Fault::kElementMissing:
    case Fault::kInvalidDate:
    case Fault::kInvalidTime:
    case Fault::kInvalidNumber:
      return false;
    default:
      return true;
  }
}

Outcome TransactionReport::outcome() const {
  if (problems.empty()) return Outcome::kAccepted;
  return std::any_of(problems.begin(), problems.end(), rejects) ? Outcome::kRejected
                                                                : Outcome::kAcceptedWithErrors;
}

std::string_view GroupReport::element(std::size_t index) const { return element_of(header, index); }

std::size_t GroupReport::accepted() const {
  return static_cast<std::size_t>(std::count_if(
      transactions.begin(), transactions.end(),
      [](const TransactionReport& transaction) { return transaction.outcome() != Outcome::kRejected; }));
}

std::string_view InterchangeReport::element(std::size_t index) const { return element_of(header, index); }

std::string InterchangeReport::sender() const {
  if (syntax.standard == Standard::kX12) return plain_text(element(6), syntax);
  return plain_text(element(2).substr(0, find_service(element(2), syntax.component, syntax)), syntax);
}

std::string InterchangeReport::receiver() const {
  if (syntax.standard == Standard::kX12) return plain_text(element(8), syntax);
  return plain_text(element(3).substr(0, find_service(element(3), syntax.component, syntax)), syntax);
}

std::string InterchangeReport::control() const {
  return plain_text(element(syntax.standard == Standard::kX12 ? 13 : 5), syntax);
}

}  // namespace haul::edi
