#include <fmt/format.h>

#include <algorithm>

#include "ack_standards.h"
#include "ack_writer.h"

namespace haul::edi {
namespace {

constexpr std::size_t kCodesMax = 5;      // AK502 to AK506, AK905 to AK909
constexpr std::size_t kBadValueMax = 99;  // AK404

/// AK502: what is wrong with a transaction set.
std::string_view transaction_code(Fault fault) {
  switch (fault) {
    case Fault::kNotSupported:
      return "1";
    case Fault::kTrailerMissing:
      return "2";
    case Fault::kReferenceMismatch:
      return "3";
    case Fault::kCountMismatch:
      return "4";
    case Fault::kIdentifierMissing:
      return "6";
    case Fault::kReferenceMissing:
    case Fault::kReferenceRepeated:
      return "7";
    default:
      return "5";
  }
}

/// AK905: what is wrong with a functional group.
std::string_view group_code(Fault fault) {
  switch (fault) {
    case Fault::kTrailerMissing:
      return "3";
    case Fault::kReferenceMismatch:
      return "4";
    case Fault::kCountMismatch:
      return "5";
    default:
      return "6";
  }
}

/// TA105: what is wrong with an interchange.
std::string_view interchange_code(Fault fault) {
  switch (fault) {
    case Fault::kTrailerMissing:
      return "023";
    case Fault::kReferenceMismatch:
      return "001";
    case Fault::kCountMismatch:
      return "021";
    default:
      return "018";
  }
}

/// AK403: what is wrong with an element, or nothing where the segment is meant.
std::string_view element_code(Fault fault) {
  switch (fault) {
    case Fault::kElementMissing:
      return "1";
    case Fault::kInvalidNumber:
      return "6";
    case Fault::kInvalidDate:
      return "8";
    case Fault::kInvalidTime:
      return "9";
    default:
      return {};
  }
}

/// Different codes in the order they first come, as elements of a segment.
template <class CodeOf>
std::vector<std::string_view> codes_of(const std::vector<Problem>& problems, CodeOf code_of) {
  std::vector<std::string_view> codes;
  for (const Problem& problem : problems) {
    const std::string_view code = code_of(problem.fault);
    if (std::find(codes.begin(), codes.end(), code) == codes.end() && codes.size() < kCodesMax)
      codes.push_back(code);
  }
  codes.resize(kCodesMax);
  return codes;
}

/// AK3 and AK4 of the problems that a segment has; they stand together.
void add_notes(const TransactionReport& transaction, SegmentWriter& out) {
  std::uint32_t noted = 0;
  for (const Problem& problem : transaction.problems) {
    const std::string_view code = element_code(problem.fault);
    if (problem.fault != Fault::kSegmentMissing && code.empty()) continue;
    if (code.empty() || problem.position != noted) {
      out.add("AK3", {problem.tag, std::to_string(problem.position), "", code.empty() ? "3" : "8"});
    }
    if (code.empty()) continue;
    noted = problem.position;
    out.add("AK4", {std::to_string(problem.element), "", code,
                    safe_value(problem.value, out.syntax(), kBadValueMax)});
  }
}

void add_transaction(const TransactionReport& transaction, SegmentWriter& out) {
  out.add("AK2", {transaction.type, transaction.control});
  add_notes(transaction, out);
  const Outcome outcome = transaction.outcome();
  const auto codes = codes_of(transaction.problems, transaction_code);
  const char* word = outcome == Outcome::kAccepted ? "A" : (outcome == Outcome::kRejected ? "R" : "E");
  out.add("AK5", {word, codes[0], codes[1], codes[2], codes[3], codes[4]});
}

const char* group_word(const GroupReport& group) {
  const std::size_t accepted = group.accepted();
  if (accepted < group.transactions.size()) return accepted == 0 ? "R" : "P";
  const bool noted = std::any_of(group.transactions.begin(), group.transactions.end(),
                                 [](const auto& t) { return t.outcome() != Outcome::kAccepted; });
  return noted || !group.problems.empty() ? "E" : "A";
}

/// A functional group with the 997 that answers `group`.
void add_group(const GroupReport& group, const AckTime& at, SegmentWriter& out) {
  const std::string_view control = group.element(6);
  out.add("GS", {"FA", group.element(3), group.element(2), at.date, at.time, control, "X", group.element(8)});
  out.restart_count();
  out.add("ST", {"997", "0001"});
  out.add("AK1", {group.element(1), control});
  for (const TransactionReport& transaction : group.transactions) add_transaction(transaction, out);
  const std::string received = std::to_string(group.transactions.size());
  const auto codes = codes_of(group.problems, group_code);
  out.add("AK9", {group_word(group), group.stated ? std::to_string(*group.stated) : received, received,
                  std::to_string(group.accepted()), codes[0], codes[1], codes[2], codes[3], codes[4]});
  out.add("SE", {std::to_string(out.count() + 1), "0001"});
  out.add("GE", {"1", control});
}

std::string padded(std::string_view text, std::size_t width) {
  return fmt::format("{:<{}}", text.substr(0, width), width);
}

bool wants_ta1(const InterchangeReport& interchange) {
  return !interchange.problems.empty() || interchange.element(14) == "1";
}

void add_ta1(const InterchangeReport& interchange, SegmentWriter& out) {
  const auto& problems = interchange.problems;
  out.add("TA1", {interchange.element(13), interchange.element(9), interchange.element(10),
                  problems.empty() ? "A" : "E",
                  problems.empty() ? std::string_view("000") : interchange_code(problems.front().fault)});
}

}  // namespace

std::string acknowledge_x12(const InterchangeReport& interchange, const AckIds& ids, Micros at) {
  std::vector<const GroupReport*> answered;
  for (const GroupReport& group : interchange.groups) {
    if (group.has_header && group.element(1) != "FA") answered.push_back(&group);
  }
  const bool has_ta1 = wants_ta1(interchange);
  if (answered.empty() && !has_ta1) return {};
  const AckTime now(at);
  SegmentWriter out(interchange.syntax);
  out.add_whole("ISA", {"00", padded("", 10), "00", padded("", 10), padded(interchange.element(7), 2),
                        padded(interchange.element(8), 15), padded(interchange.element(5), 2),
                        padded(interchange.element(6), 15), std::string_view(now.date).substr(2), now.time,
                        padded(interchange.element(11), 1), padded(interchange.element(12), 5),
                        fmt::format("{:0>9}", ids.control.substr(0, 9)), "0",
                        padded(interchange.element(15), 1), std::string(1, interchange.syntax.component)});
  if (has_ta1) add_ta1(interchange, out);
  for (const GroupReport* group : answered) add_group(*group, now, out);
  out.add("IEA", {std::to_string(answered.size()), fmt::format("{:0>9}", ids.control.substr(0, 9))});
  return out.take();
}

}  // namespace haul::edi
