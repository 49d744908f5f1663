#include <fmt/format.h>

#include <cmath>

#include "haul/base/json.h"
#include "haul/inspection/report.h"
#include "markup.h"

namespace haul::inspection {
namespace {

/// Members of one JSON object, in the order they are added.
class Members {
 public:
  Members& text(std::string_view key, std::string_view value) { return raw(key, json_string(value)); }
  Members& count(std::string_view key, std::uint64_t value) { return raw(key, fmt::format("{}", value)); }
  Members& number(std::string_view key, double value) {
    return raw(key, std::isfinite(value) ? fmt::format("{}", value) : "null");
  }
  Members& raw(std::string_view key, std::string_view json) {
    out_ += fmt::format("{}{}: {}", out_.empty() ? "" : ", ", json_string(key), json);
    return *this;
  }
  [[nodiscard]] std::string object() const { return "{" + out_ + "}"; }

 private:
  std::string out_;
};

template <class List, class ToJson>
std::string array_of(const List& list, std::string_view separator, ToJson to_json) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? std::string() : std::string(separator)) + to_json(one);
  return "[" + out + "]";
}

std::string place_json(const SourcePlace& place) {
  return place.file.empty() ? "null" : json_string(to_string(place));
}

std::string rule_json(const RuleOutcome& rule) {
  Members members;
  members.text("id", rule.id)
      .text("kind", to_string(rule.kind))
      .text("severity", to_string(rule.severity))
      .text("status", to_string(rule.status))
      .count("checked", rule.checked)
      .count("failed", rule.failed)
      .number("failed_percent", rule.failed_percent());
  if (rule.kind == RuleKind::kNumber) {
    members.raw("value", rule.value && std::isfinite(*rule.value) ? fmt::format("{}", *rule.value) : "null")
        .text("must_be", rule.must_be);
  }
  if (rule.status == RuleStatus::kNotRun) members.text("why_not_run", rule.why_not_run);
  members.text("dimension", rule.dimension)
      .text("description", rule.description)
      .raw("place", place_json(rule.place))
      .raw("examples", array_of(rule.examples, ", ", [](const BrokenRow& row) {
             return Members().count("line", row.line).text("reason", row.reason).object();
           }));
  return members.object();
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kWarned:
      return "warned";
    case Verdict::kBroken:
      return "broken";
  }
  return "";
}

}  // namespace

std::string to_json(const FileReport& report) {
  const double seconds = seconds_of(report);
  Members members;
  members.text("contract", report.contract)
      .text("contract_id", report.contract_id)
      .text("contract_version", report.contract_version)
      .text("object", report.object)
      .text("file", report.file)
      .text("verdict", verdict_name(verdict_of(report)))
      .count("bytes", report.bytes)
      .count("rows", report.rows)
      .count("valid", report.valid)
      .count("quarantined", report.quarantined)
      .count("unknown_fields", report.unknown_fields)
      .number("seconds", seconds)
      .number("rows_per_second", seconds > 0 ? static_cast<double>(report.rows) / seconds : 0)
      .count("spilled_bytes", report.spilled_bytes)
      .raw("rules", array_of(report.rules, ",\n  ", rule_json))
      .raw("not_enforced", array_of(report.not_enforced, ",\n  ", [](const contract::NotEnforced& clause) {
             return Members()
                 .text("clause", clause.clause)
                 .text("reason", clause.reason)
                 .raw("place", place_json(clause.place))
                 .object();
           }));
  return members.object() + "\n";
}

}  // namespace haul::inspection
