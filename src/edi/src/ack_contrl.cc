#include <algorithm>

#include "ack_standards.h"
#include "ack_writer.h"

namespace haul::edi {
namespace {

constexpr std::string_view kRejected = "4";      // DE 0083: this level and all below it
constexpr std::string_view kAcknowledged = "7";  // this level, and what is below it unless rejected by name

/// DE 0085: what is wrong.
std::string_view code_of(Fault fault) {
  switch (fault) {
    case Fault::kInvalidDate:
    case Fault::kInvalidTime:
    case Fault::kInvalidNumber:
      return "12";
    case Fault::kTrailerMissing:
    case Fault::kIdentifierMissing:
    case Fault::kReferenceMissing:
    case Fault::kSegmentMissing:
    case Fault::kElementMissing:
      return "13";
    case Fault::kNotSupported:
      return "14";
    case Fault::kReferenceRepeated:
      return "26";
    case Fault::kReferenceMismatch:
      return "28";
    case Fault::kCountMismatch:
      return "29";
    case Fault::kUnexpectedSegment:
      return "33";
    default:
      return "18";
  }
}

/// Whether a problem is one of the service segments around a message, which UCM itself reports.
bool is_service(const Problem& problem) { return problem.tag.starts_with("UN"); }

std::string place(const Problem& problem, const Syntax& syntax) {
  if (problem.element == 0) return {};
  std::string text = std::to_string(problem.element);
  if (problem.component > 0) text += syntax.component + std::to_string(problem.component);
  return text;
}

/// The action, and the first of `problems` that is of a service segment.
struct Verdict {
  std::string_view action;
  std::string_view code;
  std::string_view tag;
  std::string place;
};
Verdict verdict_of(std::string_view action, const std::vector<Problem>& problems, const Syntax& syntax) {
  const auto problem = std::find_if(problems.begin(), problems.end(), is_service);
  if (problem == problems.end()) return {action, {}, {}, {}};
  return {action, code_of(problem->fault), problem->tag, place(*problem, syntax)};
}

void add_message(const TransactionReport& message, SegmentWriter& out) {
  if (message.problems.empty() || message.type == "CONTRL") return;
  const bool rejected = message.outcome() == Outcome::kRejected;
  const Verdict verdict = verdict_of(rejected ? kRejected : kAcknowledged, message.problems, out.syntax());
  out.add("UCM",
          {message.control, message.identifier, verdict.action, verdict.code, verdict.tag, verdict.place});
  std::uint32_t noted = 0;
  for (const Problem& problem : message.problems) {
    if (is_service(problem)) continue;
    const bool whole = problem.element == 0;
    if (whole || problem.position != noted)
      out.add("UCS", {std::to_string(problem.position), whole ? code_of(problem.fault) : ""});
    noted = problem.position;
    if (!whole) out.add("UCD", {code_of(problem.fault), place(problem, out.syntax())});
  }
}

void add_group(const GroupReport& group, SegmentWriter& out) {
  if (group.has_header) {
    const Verdict verdict = verdict_of(kAcknowledged, group.problems, out.syntax());
    out.add("UCF", {group.element(5), group.element(2), group.element(3), verdict.action, verdict.code,
                    verdict.tag, verdict.place});
  }
  for (const TransactionReport& message : group.transactions) add_message(message, out);
}

/// Acknowledgements are not acknowledged: an interchange of them has no other message.
bool is_only_contrl(const InterchangeReport& interchange) {
  bool has_contrl = false;
  for (const GroupReport& group : interchange.groups) {
    for (const TransactionReport& message : group.transactions) {
      if (message.type != "CONTRL") return false;
      has_contrl = true;
    }
  }
  return has_contrl;
}

/// The characters of the interchange, as it declared them.
std::string advice(const Syntax& syntax) {
  const auto shown = [](char c) { return c == Syntax::kNone ? ' ' : c; };
  return {'U',
          'N',
          'A',
          syntax.component,
          syntax.element,
          '.',
          shown(syntax.release),
          shown(syntax.repetition),
          syntax.segment};
}

}  // namespace

std::string acknowledge_edifact(const InterchangeReport& interchange, const AckIds& ids, Micros at) {
  if (is_only_contrl(interchange)) return {};
  const Syntax& syntax = interchange.syntax;
  const AckTime now(at);
  Segment syntax_id;
  const std::string header = std::string("UNB") + syntax.element + std::string(interchange.element(1));
  syntax_id.parse(header, syntax);
  const bool is_version_4 = syntax_id.component(1, 2) == "4";
  const std::string colon(1, syntax.component);
  const std::string control = safe_value(ids.control, syntax, 14);
  const std::string date = is_version_4 ? now.date : now.date.substr(2);
  SegmentWriter out(syntax);
  if (interchange.has_una) out.append(advice(syntax));
  out.add("UNB", {interchange.element(1), interchange.element(3), interchange.element(2),
                  date + colon + now.time, control});
  out.restart_count();
  const std::string type = is_version_4 ? "4" + colon + "1" : "D" + colon + "3";
  out.add("UNH", {"1", "CONTRL" + colon + type + colon + "UN"});
  const Verdict verdict = verdict_of(kAcknowledged, interchange.problems, syntax);
  out.add("UCI", {interchange.element(5), interchange.element(2), interchange.element(3), verdict.action,
                  verdict.code, verdict.tag, verdict.place});
  for (const GroupReport& group : interchange.groups) add_group(group, out);
  out.add("UNT", {std::to_string(out.count() + 1), "1"});
  out.add("UNZ", {"1", control});
  return out.take();
}

}  // namespace haul::edi
