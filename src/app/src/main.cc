// haul: the command line. Parse, call one command, turn its outcome into an exit code.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>

#include "command.h"
#include "command_contract.h"
#include "interrupt.h"
#include "version.h"

namespace haul::app {
namespace {

using Action = std::function<Result<Exit>()>;

/// The parsed command line: what every command knows, each command's arguments, and which one was named.
struct CommandLine {
  CommandContext context;
  InitArguments init;
  CheckArguments check;
  IngestArguments ingest;
  RunArguments run;
  SqlArguments sql;
  StatusArguments status;
  QualityArguments quality;
  QuarantineArguments quarantine;
  ContractExportArguments contract_export;
  ContractImportArguments contract_import;
  LineageArguments lineage;
  ServeArguments serve;
  KeyArguments key;
  ContractDiffArguments contract_diff;
  ContractTestArguments contract_test;
  DemoArguments demo;
  Action action;
};

/// A command with the options that every command has.
CLI::App* add_command(CLI::App& parent, CommandLine& line, const char* name, const char* does,
                      Action action) {
  CLI::App* command = parent.add_subcommand(name, does);
  command->add_option("-C,--project", line.context.project, "The project's folder")->default_str(".");
  command->callback([&line, action] { line.action = action; });
  return command;
}

void add_format(CLI::App* command, CommandLine& line, bool with_parquet) {
  std::map<std::string, OutputFormat> names{
      {"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}, {"csv", OutputFormat::kCsv}};
  if (with_parquet) names.emplace("parquet", OutputFormat::kParquet);
  command->add_option("--format", line.context.format, "How results are printed")
      ->transform(CLI::CheckedTransformer(names).description("{table,json,csv" +
                                                             std::string(with_parquet ? ",parquet}" : "}")))
      ->default_str("table");
}

void add_project_commands(CLI::App& app, CommandLine& line) {
  CLI::App* demo = add_command(app, line, "demo", "Run the whole platform on real data",
                               [&line] { return command_demo(line.context, line.demo); });
  demo->add_flag("--once", line.demo.once, "Process, print the summary, exit");
  demo->add_option("--data", line.demo.data,
                   "Folder of the input files (default: where ./dev setup put them)");
  CLI::App* init = add_command(app, line, "init", "Make a new project from an example",
                               [&line] { return command_init(line.context, line.init); });
  init->add_option("DIR", line.init.folder, "The new project's folder")->required();
  init->add_option("--example", line.init.example, "Which example")->capture_default_str();
  CLI::App* check = add_command(app, line, "check", "Validate every file of the project",
                                [&line] { return command_check(line.context, line.check); });
  check->add_flag("--tests", line.check.tests, "Also run tests/*.yaml");
  check->add_option("--against", line.check.against,
                    "Also compare contracts with those of a git revision, e.g. origin/main");
  add_format(check, line, false);
  CLI::App* status = add_command(app, line, "status", "What exists, how fresh it is, what waits",
                                 [&line] { return command_status(line.context, line.status); });
  status->add_flag("--alerts", line.status.alerts, "Only the open alerts, newest first");
  add_format(status, line, false);
  CLI::App* serve = add_command(app, line, "serve", "Run the project's sources, flows and HTTP server",
                                [&line] { return command_serve(line.context, line.serve); });
  serve->add_option("--listen", line.serve.listen, "ADDRESS:PORT (default: haul.yaml, else 127.0.0.1:7070)");
}

void add_data_commands(CLI::App& app, CommandLine& line) {
  CLI::App* ingest = add_command(app, line, "ingest", "Send files through a source, each once",
                                 [&line] { return command_ingest(line.context, line.ingest); });
  ingest->add_option("SOURCE", line.ingest.source, "Name of a file in sources/")->required();
  ingest->add_option("FILE", line.ingest.files, "Files, or - for standard input; for a drop: nothing");
  add_format(ingest, line, false);
  CLI::App* run = add_command(app, line, "run", "Bring datasets up to date: missing and dirty intervals only",
                              [&line] { return command_run(line.context, line.run); });
  run->add_option("MODEL", line.run.models, "Models to run (default: all), with what they need");
  run->add_option("--from", line.run.from, "First time of the intervals, e.g. 2013-01-01");
  run->add_option("--to", line.run.to, "Time after the last interval");
  add_format(run, line, false);
  CLI::App* sql = add_command(app, line, "sql", "Read-only SQL over every dataset",
                              [&line] { return command_sql(line.context, line.sql); });
  sql->add_option("SQL", line.sql.sql, "One SELECT; datasets are named like silver.flights")->required();
  sql->add_option("--as-of", line.sql.as_of, "A version number, or a time such as 2026-01-01T12:00:00Z");
  sql->add_option("--limit", line.sql.limit, "Rows at most (default: 10000 as a table, else all)");
  sql->add_option("--timeout", line.sql.timeout, "Ends the query after this long, e.g. 30s");
  sql->add_option("-o,--output", line.sql.output, "Write the result into a file");
  add_format(sql, line, true);
  CLI::App* quality = add_command(app, line, "quality", "The last result of each rule, history and profiles",
                                  [&line] { return command_quality(line.context, line.quality); });
  quality->add_option("DATASET", line.quality.dataset, "One dataset, e.g. silver.flights (default: all)");
  quality->add_flag("--check", line.quality.check, "Check the data first, as haul run does");
  quality->add_flag("--history", line.quality.history, "Every result, newest first");
  quality->add_flag("--profile", line.quality.profile, "What the columns of DATASET hold");
  quality->add_option("--limit", line.quality.limit, "Rows of history at most")->capture_default_str();
  add_format(quality, line, false);
  CLI::App* lineage = add_command(app, line, "lineage", "What a dataset or column is computed from",
                                  [&line] { return command_lineage(line.context, line.lineage); });
  lineage->add_option("NAME", line.lineage.name, "DATASET or DATASET.COLUMN, e.g. gold.route_daily.legs")
      ->required();
  lineage->add_flag("--down", line.lineage.down, "What is computed from it, instead");
  add_format(lineage, line, false);
}

void add_quarantine_filters(CLI::App* command, QuarantineArguments& arguments, const char* source_help) {
  CLI::Option* source = command->add_option("SOURCE", arguments.source, source_help);
  if (command->get_name() != "list") source->required();
  command->add_option("--rule", arguments.rule, "Only rows that broke this rule");
  command->add_option("--file", arguments.file, "Only rows of this file, as it was named");
  command->add_option("--since", arguments.since, "Only rows first seen then or later, e.g. 2026-01-01");
  command->add_option("--until", arguments.until, "Only rows first seen before");
  command->add_option("--contract-version", arguments.contract_version, "Only rows judged by this version");
  command->add_option("--status", arguments.status, "pending, replayed or dropped");
}

void add_quarantine_commands(CLI::App& app, CommandLine& line) {
  CLI::App* quarantine = app.add_subcommand("quarantine", "What was refused and why, and its way back");
  quarantine->require_subcommand(1);
  QuarantineArguments& arguments = line.quarantine;
  CLI::App* list = add_command(*quarantine, line, "list", "Refused rows by source and rule",
                               [&line] { return command_quarantine_list(line.context, line.quarantine); });
  add_quarantine_filters(list, arguments, "One source (default: all)");
  add_format(list, line, false);
  CLI::App* show =
      add_command(*quarantine, line, "show", "Refused rows with their reasons and original bytes",
                  [&line] { return command_quarantine_show(line.context, line.quarantine); });
  add_quarantine_filters(show, arguments, "The source");
  show->add_option("--limit", arguments.limit, "Rows at most")->capture_default_str();
  add_format(show, line, false);
  CLI::App* replay =
      add_command(*quarantine, line, "replay", "Judge rows again by the contract of now; good ones land",
                  [&line] { return command_quarantine_replay(line.context, line.quarantine); });
  add_quarantine_filters(replay, arguments, "The source");
  replay->add_option("--with", arguments.corrections,
                     "A file of corrected rows, each with _partition and _offset, or _line");
  add_format(replay, line, false);
  CLI::App* drop = add_command(*quarantine, line, "drop", "Give rows up; their bytes stay",
                               [&line] { return command_quarantine_drop(line.context, line.quarantine); });
  add_quarantine_filters(drop, arguments, "The source");
  drop->add_flag("--all", arguments.all, "Every pending row, where no filter is given");
  add_format(drop, line, false);
}

void add_contract_test(CLI::App& contract, CommandLine& line) {
  ContractTestArguments& test = line.contract_test;
  CLI::App* command =
      add_command(contract, line, "test", "Check a file against a contract, without a platform",
                  [&line] { return command_contract_test(line.context, line.contract_test); });
  command->add_option("NAME", test.contract, "A contract of the project, or the path of one")->required();
  command->add_option("--data", test.data, "The file: CSV, NDJSON, JSON, Parquet or Arrow")->required();
  command->add_option("--reference", test.references, "Rows that relationships refer to: DATASET=FILE");
  command->add_option("--good", test.good, "Write the rows that broke no rule, as Parquet");
  command->add_option("--quarantine", test.quarantine,
                      "Write the other rows with rules, reasons and original bytes, as Parquet");
  command->add_option("--junit", test.junit, "Write a report as JUnit XML");
  command->add_option("--json", test.json, "Write a report as JSON");
  command->add_option("--html", test.html, "Write a report as a page");
  command->add_option("--memory", test.memory, "Memory for keys; above it they go to $TMPDIR")
      ->capture_default_str();
  command->add_option("--threads", test.threads, "Threads that decode and check")->capture_default_str();
  command->add_option("--delimiter", test.delimiter, "What separates the fields of CSV");
  command->add_option("--null-text", test.null_text, "What stands for no value in CSV, beside nothing");
  command->add_option("--encoding", test.encoding, "Of CSV: utf-8, latin-1 or windows-1252");
  add_format(command, line, false);
}

void add_contract_commands(CLI::App& app, CommandLine& line) {
  CLI::App* contract = app.add_subcommand(
      "contract", "Draft contracts, write them in other formats, compare versions, test files");
  contract->require_subcommand(1);
  CLI::App* written = add_command(*contract, line, "export", "Write a contract in another format", [&line] {
    return command_contract_export(line.context, line.contract_export);
  });
  written->add_option("NAME", line.contract_export.name, "A contract of the project, or a file")->required();
  written->add_option("--as", line.contract_export.as, "The format: jsonschema, avro, sql, markdown or html")
      ->required();
  written->add_option("-o,--output", line.contract_export.output, "Write into a file");
  CLI::App* drafted =
      add_command(*contract, line, "import", "Draft a contract from what a file or a table holds",
                  [&line] { return command_contract_import(line.context, line.contract_import); });
  CLI::Option* file = drafted->add_option("FILE", line.contract_import.file, "A CSV or Parquet file");
  CLI::Option* table = drafted->add_option("--table", line.contract_import.table,
                                           "A table or view of --postgres, as schema.table");
  drafted
      ->add_option("--postgres", line.contract_import.postgres,
                   "postgres://user@host/database, or env:NAME or file:PATH with it")
      ->needs(table)
      ->excludes(file);
  drafted->add_option("--rows", line.contract_import.rows, "Rows of a table to read at most, or all")
      ->capture_default_str();
  drafted->add_option("--timeout", line.contract_import.timeout, "For each statement of --postgres")
      ->capture_default_str();
  drafted->add_option("--name", line.contract_import.name,
                      "The contract's name (default: the file's or the table's)");
  drafted->add_option("-o,--output", line.contract_import.output, "Write into a new file");
  drafted->add_option("--delimiter", line.contract_import.delimiter, "Of CSV (default: the header tells)");
  drafted->add_option("--null-text", line.contract_import.null_text,
                      "What stands for null in CSV (default: the values tell)");
  CLI::App* diff =
      add_command(*contract, line, "diff", "What changed between two versions, and whom it breaks",
                  [&line] { return command_contract_diff(line.context, line.contract_diff); });
  diff->add_option("OLD", line.contract_diff.before, "A file, NAME, or NAME@REVISION of git")->required();
  diff->add_option("NEW", line.contract_diff.after, "The same")->required();
  add_format(diff, line, false);
  add_contract_test(*contract, line);
}

void add_key_commands(CLI::App& app, CommandLine& line) {
  CLI::App* key = app.add_subcommand("key", "API keys of those who send rows over HTTP");
  key->require_subcommand(1);
  CLI::App* create = add_command(*key, line, "create", "Make a key and print it, once",
                                 [&line] { return command_key_create(line.context, line.key); });
  create->add_option("NAME", line.key.name, "The producer's name: a-z, 0-9, _ and -")->required();
  create->add_option("--scope", line.key.scope, "ingest:SOURCE, ingest:*, metrics; several with commas")
      ->required();
  create->add_option("--expires", line.key.expires, "After this long, e.g. 90d (default: never)");
  CLI::App* list = add_command(*key, line, "list", "Every key that was made",
                               [&line] { return command_key_list(line.context); });
  add_format(list, line, false);
  CLI::App* revoke = add_command(*key, line, "revoke", "End a key now",
                                 [&line] { return command_key_revoke(line.context, line.key); });
  revoke->add_option("NAME", line.key.name, "The producer's name")->required();
}

Exit run_command(const Action& action) {
  watch_interrupts();
  const Result<Exit> outcome = action();
  if (outcome) return *outcome;
  fmt::print(stderr, "haul: {}\n", outcome.error().message);
  return Exit::kFailed;
}

/// Gives memory back when it is freed: an ingest of millions of rows then peaks a quarter lower, at the same
/// speed. Arrow's own pool keeps that of every thread that wrote a file; it reads the variable when it first
/// allocates, and what a user has chosen stands. glibc keeps ever larger blocks once one was freed; a fixed
/// bound stops that.
void give_memory_back() {
  constexpr int kOwnMappingFrom = 4 << 20;  // bytes
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", /*replace=*/0);
  ::mallopt(M_MMAP_THRESHOLD, kOwnMappingFrom);
}

int run(int argc, char** argv) {
  give_memory_back();
  CLI::App app{"haul: a logistics data platform in one binary", "haul"};
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  CommandLine line;
  add_project_commands(app, line);
  add_data_commands(app, line);
  add_quarantine_commands(app, line);
  add_contract_commands(app, line);
  add_key_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(Exit::kWrongUse);
  }
  return static_cast<int>(run_command(line.action));
}

}  // namespace
}  // namespace haul::app

int main(int argc, char** argv) { return haul::app::run(argc, argv); }
