#include "command_contract.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "check_contracts.h"
#include "console.h"
#include "haul/base/units.h"
#include "haul/inspection/file_check.h"
#include "interrupt.h"
#include "platform.h"
#include "progress.h"

namespace haul::app {
namespace {

/// A folder below the system's temporary one ($TMPDIR), removed with all that is in it.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::string name = (std::filesystem::temp_directory_path() / "haul-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}: {}; set TMPDIR to a folder that can be written",
                                                       name, std::generic_category().message(errno)));
    }
    return TemporaryFolder(name);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const Path& path() const { return path_; }

 private:
  explicit TemporaryFolder(Path path) : path_(std::move(path)) {}
  Path path_;
};

/// What the command line names: the contract, and the project it is from, if any.
struct Subject {
  std::optional<Project> project;
  contract::Contract contract;
};

bool names_a_file(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml");
}

Result<Subject> find_contract(Platform& platform, const CommandContext& context, const std::string& name) {
  Subject subject;
  if (names_a_file(name)) {
    HAUL_TRY(text, read_file(platform.files(), name));
    HAUL_TRY(contract, contract::parse_contract(text, name));
    subject.contract = std::move(contract);
    return subject;
  }
  HAUL_TRY(project, load_project(platform.files(), context.project));
  const auto found = project.contracts.find(name);
  if (found == project.contracts.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, contract] : project.contracts) names.push_back(known);
    const std::string_view near = nearest(name, names);
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no contract {} in {}{}; a contract outside a project is named by its "
                            "path, e.g. ./{}.odcs.yaml",
                            name, (context.project / "contracts").string(),
                            near.empty() ? "" : fmt::format("; did you mean {}?", near), name));
  }
  subject.contract = found->second;
  subject.project = std::move(project);
  return subject;
}

std::string lower_extension(const Path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension;
}

/// How a file looks: by its name, without what says how it is compressed. kInvalidInput: it does not tell.
Result<ingest::FormatOptions> format_by_name(const Path& path) {
  std::string extension = lower_extension(path);
  if (extension == ".gz" || extension == ".zst") extension = lower_extension(path.stem());
  ingest::FormatOptions format;
  if (extension == ".csv" || extension == ".tsv") {
    format.format = ingest::Format::kCsv;
    if (extension == ".tsv") format.csv.delimiter = '\t';
    return format;
  }
  if (extension == ".ndjson" || extension == ".jsonl") return format;
  for (const auto& [ending, known] :
       {std::pair{".json", ingest::Format::kJson}, std::pair{".parquet", ingest::Format::kParquet},
        std::pair{".arrow", ingest::Format::kArrow}}) {
    if (extension != ending) continue;
    format.format = known;
    return format;
  }
  return fail(ErrorCode::kInvalidInput,
              fmt::format("{}: the name does not tell the format; end it with .csv, .tsv, .ndjson, .jsonl, "
                          ".json (and .gz or .zst), .parquet or .arrow",
                          path.string()));
}

/// The format of the data: that of the project's source of this contract, else by the file's name; what the
/// command line says comes first.
Result<ingest::FormatOptions> format_of_data(const Subject& subject, const ContractTestArguments& arguments) {
  std::optional<ingest::FormatOptions> format;
  if (subject.project) {
    for (const auto& [name, source] : subject.project->sources) {
      if (source.contract == subject.contract.name) format = source.format;
    }
  }
  if (!format) {
    HAUL_TRY(by_name, format_by_name(arguments.data));
    format = by_name;
  }
  if (!arguments.delimiter.empty()) {
    if (arguments.delimiter.size() != 1) {
      return fail(ErrorCode::kInvalidInput, "--delimiter is one character");
    }
    format->csv.delimiter = arguments.delimiter.front();
  }
  if (!arguments.null_text.empty()) format->csv.null_text = arguments.null_text;
  if (!arguments.encoding.empty()) format->csv.encoding = arguments.encoding;
  return *format;
}

/// "vehicles=data/vehicles.csv".
Result<inspection::ReferenceFile> read_reference_argument(const Subject& subject, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("--reference {}: write DATASET=FILE, e.g. vehicles=data/vehicles.csv", text));
  }
  inspection::ReferenceFile reference;
  reference.dataset = text.substr(0, equals);
  reference.file.path = text.substr(equals + 1);
  reference.file.shown_name = reference.file.path.string();
  HAUL_TRY(format, format_by_name(reference.file.path));
  reference.file.format = format;
  if (!subject.project) return reference;
  const std::string name = reference.dataset.substr(reference.dataset.find('.') + 1);
  for (const auto& [contract_name, contract] : subject.project->contracts) {
    for (const contract::Object& object : contract.objects) {
      if (object.name == name) reference.object = &object;
    }
  }
  return reference;
}

/// One file has one name here, however it is written and whether it exists.
Path plain_name(const std::string& path) {
  return std::filesystem::weakly_canonical(std::filesystem::absolute(path));
}

/// No output may be the input, or another output.
Result<void> check_outputs(const ContractTestArguments& arguments) {
  const std::vector<std::string> outputs{arguments.good, arguments.quarantine, arguments.junit,
                                         arguments.json, arguments.html};
  std::vector<Path> taken{plain_name(arguments.data)};
  for (const std::string& output : outputs) {
    if (output.empty()) continue;
    const Path path = plain_name(output);
    if (std::find(taken.begin(), taken.end(), path) != taken.end()) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("{} is named twice; give every file a name of its own", output));
    }
    taken.push_back(path);
  }
  return {};
}

Report table_of(const inspection::FileReport& report) {
  Report table({"result", "rule", "kind", "severity", "checked", "failed", "percent", "found"});
  for (const inspection::RuleOutcome& rule : report.rules) {
    const bool counts = rule.kind != inspection::RuleKind::kNumber;
    std::string found = rule.why_not_run;
    if (!counts && rule.status != inspection::RuleStatus::kNotRun) {
      found = fmt::format("{}, must be {}", rule.value ? fmt::format("{}", *rule.value) : "no value",
                          rule.must_be);
    } else if (!rule.examples.empty()) {
      found = fmt::format("line {}: {}", rule.examples.front().line, rule.examples.front().reason);
    }
    table.add({std::string(to_string(rule.status)), rule.id, std::string(to_string(rule.kind)),
               std::string(to_string(rule.severity)), static_cast<std::int64_t>(rule.checked),
               counts ? Report::Cell(static_cast<std::int64_t>(rule.failed)) : Report::Cell(),
               counts ? Report::Cell(rule.failed_percent()) : Report::Cell(), found});
  }
  return table;
}

Result<void> write_reports(FileSystem& files, const ContractTestArguments& arguments,
                           const inspection::FileReport& report) {
  if (!arguments.json.empty()) HAUL_TRY_VOID(write_file_atomically(files, arguments.json, to_json(report)));
  if (!arguments.junit.empty())
    HAUL_TRY_VOID(write_file_atomically(files, arguments.junit, to_junit(report)));
  if (!arguments.html.empty()) HAUL_TRY_VOID(write_file_atomically(files, arguments.html, to_html(report)));
  return {};
}

Exit summarize(const inspection::FileReport& report) {
  const double seconds = std::chrono::duration<double>(report.duration).count();
  fmt::print(
      stderr, "{}: {} rows: {} valid, {} for quarantine; {:.2f} s, {} rows/s\n", report.file,
      format_count(report.rows), format_count(report.valid), format_count(report.quarantined), seconds,
      format_count(static_cast<std::uint64_t>(static_cast<double>(report.rows) / std::max(seconds, 1e-9))));
  if (report.spilled_bytes > 0) {
    fmt::print(stderr, "{} of keys went to disk; --memory holds more\n", format_bytes(report.spilled_bytes));
  }
  for (const contract::NotEnforced& clause : report.not_enforced) {
    fmt::print(stderr, "not enforced: {}: {}\n", clause.clause, clause.reason);
  }
  switch (verdict_of(report)) {
    case inspection::Verdict::kHolds:
      fmt::print(stderr, "keeps the contract {} {}\n", report.contract, report.contract_version);
      return Exit::kDone;
    case inspection::Verdict::kWarned:
      fmt::print(stderr, "keeps the contract {} {}, with warnings\n", report.contract,
                 report.contract_version);
      return Exit::kDoneWithFindings;
    case inspection::Verdict::kBroken:
      break;
  }
  fmt::print(stderr, "breaks the contract {} {}\n", report.contract, report.contract_version);
  return Exit::kFailed;
}

/// Says what consumers of the project rely on and the contract does not promise: no file can make up for it.
/// False where there is such a thing, or a consumer's file cannot be read.
Result<bool> report_consumers(Platform& platform, const Subject& subject) {
  if (!subject.project) return true;
  Findings unreadable;
  const auto consumers = read_consumers(platform.files(), subject.project->root, unreadable);
  bool is_sound = unreadable.errors() == 0;
  if (!is_sound) fmt::print(stderr, "not every consumer can be read; `haul check` says why\n");
  HAUL_TRY(text, read_file(platform.files(), subject.contract.file));
  HAUL_TRY(version, contract::Version::parse(text, subject.contract.file));
  for (const contract::Consumer& consumer : consumers) {
    if (consumer.contract != subject.contract.name) continue;
    for (const Error& unmet : contract::unmet_expectations(consumer, version)) {
      fmt::print(stderr, "not promised: {}\n", unmet.message);
      is_sound = false;
    }
  }
  return is_sound;
}

}  // namespace

Result<Exit> command_contract_test(const CommandContext& context, const ContractTestArguments& arguments) {
  HAUL_TRY_VOID(check_outputs(arguments));
  HAUL_TRY(memory, parse_bytes(arguments.memory));
  HAUL_TRY(folder, TemporaryFolder::make());
  Platform platform(folder.path());
  HAUL_TRY(subject, find_contract(platform, context, arguments.contract));
  HAUL_TRY(format, format_of_data(subject, arguments));
  HAUL_TRY(info, platform.files().info(arguments.data));
  Progress progress(platform.clock(), arguments.data, info.bytes);
  inspection::FileCheck check{
      .contract = subject.contract,
      .data = {.path = arguments.data, .shown_name = arguments.data, .format = format},
      .good = arguments.good,
      .quarantine = arguments.quarantine,
      .memory_bytes = memory,
      .threads = std::clamp<std::size_t>(arguments.threads, 1, 64),
      .work = folder.path() / "keys",
      .progress = [&progress](std::uint64_t bytes) {
        if (bytes > 0) progress.show(bytes);
        return !interrupted();
      }};
  for (const std::string& text : arguments.references) {
    HAUL_TRY(reference, read_reference_argument(subject, text));
    check.references.push_back(std::move(reference));
  }
  HAUL_TRY(report, inspection::check_file({.files = platform.files(),
                                           .clock = platform.clock(),
                                           .parser = platform.parser(),
                                           .engine = platform.engine()},
                                          check));
  HAUL_TRY_VOID(write_reports(platform.files(), arguments, report));
  HAUL_TRY_VOID(print(table_of(report), context.format));
  HAUL_TRY(is_promised, report_consumers(platform, subject));
  const Exit exit = summarize(report);
  return exit == Exit::kDone && !is_promised ? Exit::kDoneWithFindings : exit;
}

}  // namespace haul::app
