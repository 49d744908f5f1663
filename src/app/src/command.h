#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/base/result.h"

namespace haul::app {

enum class OutputFormat : std::uint8_t { kTable, kJson, kCsv, kParquet };

/// How a command ends (docs/commands.md).
enum class Exit : std::uint8_t {
  kDone = 0,
  kFailed = 1,
  kWrongUse = 2,
  kDoneWithFindings = 3,  ///< Done, but data was quarantined or an audit warned.
};

/// What every command knows.
struct CommandContext {
  Path project = ".";
  OutputFormat format = OutputFormat::kTable;
};

struct InitArguments {
  std::string folder;
  std::string example = "flights";
};
Result<Exit> command_init(const CommandContext& context, const InitArguments& arguments);

struct CheckArguments {
  bool tests = false;
  std::string against = {};  ///< A revision of git; empty: no comparison.
};
Result<Exit> command_check(const CommandContext& context, const CheckArguments& arguments);

struct IngestArguments {
  std::string source;
  std::vector<std::string> files;
};
Result<Exit> command_ingest(const CommandContext& context, const IngestArguments& arguments);

struct RunArguments {
  std::vector<std::string> models;  ///< Empty: all.
  std::string from;
  std::string to;
};
Result<Exit> command_run(const CommandContext& context, const RunArguments& arguments);

struct SqlArguments {
  std::string sql;
  std::string as_of = {};   ///< A version or a time.
  std::uint64_t limit = 0;  ///< 0: 10,000 rows as a table, else none.
  std::string timeout = {};
  std::string output = {};  ///< A file; empty: stdout.
};
Result<Exit> command_sql(const CommandContext& context, const SqlArguments& arguments);

struct QualityArguments {
  std::string dataset;  ///< Empty: all.
  bool history = false;
  bool profile = false;
  bool check = false;  ///< Checks everything first.
  std::uint64_t limit = 100;
};
Result<Exit> command_quality(const CommandContext& context, const QualityArguments& arguments);

struct StatusArguments {
  bool alerts = false;  ///< The open alerts alone.
};
Result<Exit> command_status(const CommandContext& context, const StatusArguments& arguments);

struct ServeArguments {
  std::string listen;  ///< ADDRESS:PORT; empty: as haul.yaml says.
};
Result<Exit> command_serve(const CommandContext& context, const ServeArguments& arguments);

struct KeyArguments {
  std::string name;
  std::string scope = {};    ///< Separated by commas.
  std::string expires = {};  ///< A duration; empty: never.
};
Result<Exit> command_key_create(const CommandContext& context, const KeyArguments& arguments);
Result<Exit> command_key_list(const CommandContext& context);
Result<Exit> command_key_revoke(const CommandContext& context, const KeyArguments& arguments);

struct QuarantineArguments {
  std::string source;  ///< Empty: all.
  std::string rule;
  std::string file;
  std::string since;  ///< Times; first seen in [since, until).
  std::string until;
  std::string contract_version;
  std::string status;
  std::string corrections;  ///< replay: a file of corrected rows.
  bool all = false;         ///< drop: every pending row, where nothing narrows it.
  std::uint64_t limit = 20;
};
Result<Exit> command_quarantine_list(const CommandContext& context, const QuarantineArguments& arguments);
Result<Exit> command_quarantine_show(const CommandContext& context, const QuarantineArguments& arguments);
Result<Exit> command_quarantine_replay(const CommandContext& context, const QuarantineArguments& arguments);
Result<Exit> command_quarantine_drop(const CommandContext& context, const QuarantineArguments& arguments);

struct ContractExportArguments {
  std::string name;         ///< A contract of the project, or a file.
  std::string as;           ///< As contract::export_format_named().
  std::string output = {};  ///< A file; empty: stdout.
};
Result<Exit> command_contract_export(const CommandContext& context, const ContractExportArguments& arguments);

struct ContractImportArguments {
  std::string file = {};      ///< CSV or Parquet; empty: a table of `postgres`.
  std::string postgres = {};  ///< Address of a server, or env:NAME or file:PATH with it.
  std::string table = {};
  std::string rows = "1000000";  ///< Of a table, at most; or "all".
  std::string timeout = "5m";    ///< Of each statement.
  std::string name = {};    ///< Of the contract and its table; empty: from the file's or the table's name.
  std::string output = {};  ///< A new file; empty: stdout.
  std::string delimiter = {};
  std::optional<std::string> null_text = {};
};
Result<Exit> command_contract_import(const CommandContext& context, const ContractImportArguments& arguments);

struct LineageArguments {
  std::string name;  ///< DATASET or DATASET.COLUMN.
  bool down = false;
};
Result<Exit> command_lineage(const CommandContext& context, const LineageArguments& arguments);

struct ContractDiffArguments {
  std::string before;  ///< A file, NAME, or NAME@REVISION.
  std::string after;
};
Result<Exit> command_contract_diff(const CommandContext& context, const ContractDiffArguments& arguments);

struct DemoArguments {
  bool once = false;
  std::string data;
};
Result<Exit> command_demo(const CommandContext& context, const DemoArguments& arguments);

}  // namespace haul::app
