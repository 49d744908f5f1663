#include <fmt/format.h>

#include <algorithm>

#include "command.h"
#include "contract_import.h"
#include "haul/ingest/profile.h"
#include "haul/ingest/row_splitter.h"

namespace haul::app {
namespace {

/// "Flight Legs-2013.csv.gz" -> flight_legs_2013: what names a table.
std::string table_name(const Path& path) {
  std::string name = path.filename().string();
  name.resize(std::min(name.find('.', 1), name.size()));
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 || byte >= 0x80) c = '_';
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name.insert(0, "t_");
  return name;
}

Result<ingest::CsvGuess> read_guess(const ContractImportArguments& arguments) {
  ingest::CsvGuess guess;
  guess.null_text = arguments.null_text;
  if (arguments.delimiter.empty()) return guess;
  const std::string delimiter = arguments.delimiter == "\\t" ? "\t" : arguments.delimiter;
  if (delimiter.size() != 1)
    return fail(ErrorCode::kInvalidInput, "--delimiter takes one character, or \\t for a tab");
  guess.delimiter = delimiter.front();
  return guess;
}

bool is_parquet(const ReadableFile& file) {
  constexpr std::string_view kMagic = "PAR1";
  std::string head(kMagic.size(), '\0');
  const auto got = file.read_at(0, std::as_writable_bytes(std::span<char>(head)));
  return got && *got == head.size() && head == kMagic;
}

std::string how_to_read(const ingest::FormatOptions& format) {
  const ingest::CsvOptions& csv = format.csv;
  std::string options;
  if (csv.delimiter != ',')
    options +=
        fmt::format("delimiter: {}", csv.delimiter == '\t' ? "\"\\t\"" : fmt::format("'{}'", csv.delimiter));
  if (!csv.null_text.empty())
    options += fmt::format("{}null_text: '{}'", options.empty() ? "" : ", ", csv.null_text);
  return options.empty() ? "" : fmt::format("; its source needs csv: {{{}}}", options);
}

Result<Exit> import_file(Platform& platform, const ContractImportArguments& arguments) {
  const Path path = arguments.file;
  const std::string name = arguments.name.empty() ? table_name(path) : arguments.name;
  const std::string shown = path.filename().string();
  HAUL_TRY(guess, read_guess(arguments));
  HAUL_TRY(file, platform.files().open_for_read(path));
  const bool parquet = is_parquet(*file);
  HAUL_TRY(profile,
           parquet ? ingest::profile_parquet(path, shown) : ingest::profile_csv(*file, shown, guess));
  HAUL_TRY(draft, make_draft(profile.evidence, name, arguments.output));
  fmt::print(stderr, "{}: {} rows, {} columns{}\n", shown, profile.evidence.rows,
             profile.evidence.columns.size(), parquet ? "" : how_to_read(profile.format));
  HAUL_TRY(splitter, ingest::RowSplitter::open(*file, profile.format, {}));
  HAUL_TRY_VOID(tell_refused(*splitter, draft, platform.parser()));
  HAUL_TRY_VOID(write_draft(platform.files(), draft, arguments.output));
  return profile.unreadable_rows == 0 ? Exit::kDone : Exit::kDoneWithFindings;
}

}  // namespace

Result<Exit> command_contract_import(const CommandContext& context,
                                     const ContractImportArguments& arguments) {
  Platform platform(context.project / "state");
  if (!arguments.postgres.empty()) return import_table(platform, context.project, arguments);
  if (!arguments.file.empty()) return import_file(platform, arguments);
  return fail(ErrorCode::kInvalidInput, "name a FILE, or a table with --postgres URL --table SCHEMA.TABLE");
}

}  // namespace haul::app
