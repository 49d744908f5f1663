#include "haul/inspection/file_check.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "haul/base/check.h"
#include "number_rules.h"
#include "pass.h"
#include "rule_outcome.h"

namespace haul::inspection {
namespace {

constexpr const char* kHeader = "decode.header";

/// The rule of a format's decoder, and what it asks of a row.
std::pair<std::string_view, std::string_view> format_rule(ingest::Format format) {
  switch (format) {
    case ingest::Format::kCsv:
      return {"decode.csv", "the row is CSV with the header's fields"};
    case ingest::Format::kX12:
      return {"decode.x12", "the event is one of an X12 transaction"};
    case ingest::Format::kEdifact:
      return {"decode.edifact", "the event is one of an EDIFACT message"};
    case ingest::Format::kEpcis:
      return {"decode.epcis", "the row is an EPCIS event"};
    default:
      return {"decode.json", "the row is a JSON object"};
  }
}

/// A file or an empty folder that goes with this object.
class RemovedAtTheEnd {
 public:
  RemovedAtTheEnd(FileSystem& files, Path path) : files_(files), path_(std::move(path)) {}
  ~RemovedAtTheEnd() { static_cast<void>(files_.remove(path_).has_value()); }
  RemovedAtTheEnd(const RemovedAtTheEnd&) = delete;
  RemovedAtTheEnd& operator=(const RemovedAtTheEnd&) = delete;

 private:
  FileSystem& files_;
  Path path_;
};

/// One check from its first pass to its report.
class Inspection {
 public:
  Inspection(const CheckContext& context, const FileCheck& check, const contract::Object& object)
      : context_(context), check_(check), object_(object) {}

  Result<FileReport> run() {
    const auto started = context_.clock.steady();
    HAUL_TRY(file, context_.files.open_for_read(check_.data.path));
    describe(*file);
    HAUL_TRY_VOID(context_.files.create_directories(check_.work));
    const RemovedAtTheEnd folder(context_.files, check_.work);
    HAUL_TRY(keys, KeyChecks::open(context_, check_, object_));
    const bool wants_sql = std::any_of(object_.set_rules.begin(), object_.set_rules.end(), needs_sql);
    good_ = check_.good;
    std::optional<RemovedAtTheEnd> scratch;
    if (good_.empty() && wants_sql) {
      good_ = check_.work / "good.parquet";
      scratch.emplace(context_.files, good_);
    }
    HAUL_TRY_VOID(read(*file, keys));
    if (header_problem_.empty()) {
      HAUL_TRY_VOID(report_rules(keys));
    } else {
      report_header();
    }
    report_.spilled_bytes = keys.spilled_bytes();
    report_.duration = context_.clock.steady() - started;
    return std::move(report_);
  }

 private:
  void describe(const ReadableFile& file) {
    report_.contract = check_.contract.name;
    report_.contract_id = check_.contract.id;
    report_.contract_version = check_.contract.version;
    report_.object = object_.name;
    report_.file = check_.data.shown_name;
    report_.bytes = file.size();
    report_.not_enforced = check_.contract.not_enforced;
    for (const contract::DriftRule& rule : object_.change_rules) {
      report_.not_enforced.push_back(
          {rule.id, "compares a run with those before it; one file has none: the platform does", rule.place});
    }
    if (!object_.version_column.empty()) report_.not_enforced.push_back(newest_of_a_key());
    for (const contract::ServiceLevel& level : check_.contract.service_levels) {
      if (level.measure == contract::ServiceLevel::Measure::kNone) continue;
      report_.not_enforced.push_back(
          {level.id, "is about the table as time passes: the platform measures it", {}});
    }
  }

  [[nodiscard]] contract::NotEnforced newest_of_a_key() const {
    return {object_.name + ".versionColumn",
            fmt::format("which row of a key is the newest is decided as rows land: here rows of one key with "
                        "another `{}` all count as good ones, and unique rules compare rows of the same one",
                        object_.version_column),
            {}};
  }

  /// One pass, or two: see check_file().
  Result<void> read(const ReadableFile& file, KeyChecks& keys) {
    HAUL_TRY(found_more, pass_over(file, keys));
    if (!found_more) return {};
    HAUL_TRY(found_again, pass_over(file, keys));
    HAUL_CHECK(!found_again, "the second pass knows every broken key from its start");
    return {};
  }

  /// True where rows that its outputs hold as good ones turned out broken at its end: nothing of it is kept.
  Result<bool> pass_over(const ReadableFile& file, KeyChecks& keys) {
    std::unique_ptr<ParquetFile> good;
    std::unique_ptr<ParquetFile> quarantine;
    if (!good_.empty()) HAUL_TRY_VOID(open_output(good_, object_.schema, good));
    if (!check_.quarantine.empty())
      HAUL_TRY_VOID(open_output(check_.quarantine, quarantine_schema(), quarantine));
    HAUL_TRY(pass, Pass::open({.context = context_,
                               .check = check_,
                               .object = object_,
                               .file = file,
                               .keys = keys,
                               .good = good.get(),
                               .quarantine = quarantine.get()}));
    header_problem_ = pass->header_problem();
    if (!header_problem_.empty()) return false;
    HAUL_TRY(result, pass->run());
    HAUL_TRY(found_more, keys.finish());
    if (found_more) return true;
    if (good != nullptr) HAUL_TRY_VOID(good->publish());
    if (quarantine != nullptr) HAUL_TRY_VOID(quarantine->publish());
    result_ = std::move(result);
    return false;
  }

  Result<void> open_output(const Path& path, const columnar::Schema& schema,
                           std::unique_ptr<ParquetFile>& output) {
    HAUL_TRY(file, ParquetFile::open(context_.files, path, schema));
    output = std::move(file);
    return {};
  }

  void add(RuleOutcome outcome) { report_.rules.push_back(std::move(outcome)); }

  /// A rule of the kind that every contract has, from what the decoder rejected.
  void add_decoder_rule(const std::string& id, RuleKind kind, std::string description,
                        std::uint64_t not_reached) {
    Tally& tally = result_.tallies[id];
    add({.id = id,
         .kind = kind,
         .dimension = "conformity",
         .description = std::move(description),
         .status = tally.failed == 0 ? RuleStatus::kHeld : RuleStatus::kBroken,
         .checked = result_.rows - not_reached,
         .failed = tally.failed,
         .examples = std::move(tally.examples)});
  }

  /// What else the file's own format refuses rows by, such as an interchange's counts.
  void add_refusals() {
    std::vector<std::string> ids;
    for (const auto& [id, tally] : result_.tallies) {
      const bool is_listed = std::any_of(report_.rules.begin(), report_.rules.end(),
                                         [&id = id](const RuleOutcome& rule) { return rule.id == id; });
      if (tally.failed > 0 && !is_listed) ids.push_back(id);
    }
    for (const std::string& id : ids) add_decoder_rule(id, RuleKind::kFormat, "the format holds", 0);
  }

  [[nodiscard]] std::uint64_t failed_by(const std::string& id) const {
    const auto tally = result_.tallies.find(id);
    return tally == result_.tallies.end() ? 0 : tally->second.failed;
  }

  void report_decoding() {
    const bool is_csv = check_.data.format.format == ingest::Format::kCsv;
    const std::uint64_t undecoded = result_.rows - result_.decoded;
    const auto [format, description] = format_rule(check_.data.format.format);
    add_decoder_rule(ingest::kRowTooLong, RuleKind::kFormat, "the row is not longer than a row may be", 0);
    add_decoder_rule(std::string(format), RuleKind::kFormat, std::string(description), result_.refused);
    for (const columnar::Column& column : object_.schema.columns) {
      const std::string id = "type." + column.name;
      const bool is_text = is_csv && column.type->id() == arrow::Type::STRING;
      if (is_text && failed_by(id) == 0) continue;
      add_decoder_rule(id, RuleKind::kType, fmt::format("{} is {}", column.name, column.type->ToString()),
                       undecoded - failed_by(id));
    }
  }

  void report_row_rule(const contract::RowRule& rule) {
    const ingest::RuleCount count = result_.row_rules[rule.id];
    RuleOutcome outcome = outcome_of(rule);
    outcome.status = count.failed == 0 ? RuleStatus::kHeld : RuleStatus::kBroken;
    outcome.checked = count.checked;
    outcome.failed = count.failed;
    outcome.examples = std::move(result_.tallies[rule.id].examples);
    add(std::move(outcome));
  }

  void report_key_check(const KeyCheck& one) {
    RuleOutcome outcome = outcome_of(*one.rule);
    if (one.index == nullptr) return add(not_run(std::move(outcome), one.why_not_run));
    outcome.checked = one.checked;
    outcome.failed = one.broken.size();
    outcome.status = outcome.failed == 0 ? RuleStatus::kHeld : RuleStatus::kBroken;
    outcome.examples = std::move(result_.tallies[one.rule->id].examples);
    add(std::move(outcome));
  }

  Result<void> report_rules(const KeyChecks& keys) {
    report_.rows = result_.rows;
    report_.valid = result_.valid;
    report_.quarantined = result_.rows - result_.valid;
    report_.unknown_fields = result_.unknown_fields;
    report_decoding();
    for (const contract::RowRule& rule : object_.row_rules) report_row_rule(rule);
    NumberRules numbers(context_, check_, object_, good_, result_.valid);
    auto key = keys.checks().begin();
    for (const contract::SetRule& rule : object_.set_rules) {
      if (KeyChecks::takes(rule)) {
        report_key_check(*key++);
        continue;
      }
      HAUL_TRY(outcome, numbers.outcome(rule));
      add(std::move(outcome));
    }
    add_refusals();
    return {};
  }

  /// A file without the contract's header: no rule could look at a row.
  void report_header() {
    add({.id = kHeader,
         .kind = RuleKind::kFormat,
         .dimension = "conformity",
         .description = "the file has the contract's columns",
         .status = RuleStatus::kBroken,
         .checked = 1,
         .failed = 1,
         .examples = {{1, header_problem_}}});
    const std::string why = "the file cannot be read: " + header_problem_;
    for (const contract::RowRule& rule : object_.row_rules) add(not_run(outcome_of(rule), why));
    for (const contract::SetRule& rule : object_.set_rules) add(not_run(outcome_of(rule), why));
  }

  const CheckContext& context_;
  const FileCheck& check_;
  const contract::Object& object_;
  Path good_;
  std::string header_problem_;
  PassResult result_;
  FileReport report_;
};

}  // namespace

Result<FileReport> check_file(const CheckContext& context, const FileCheck& check) {
  HAUL_TRY(object, contract::single_object(check.contract));
  return Inspection(context, check, *object).run();
}

}  // namespace haul::inspection
