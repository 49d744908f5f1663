#include <fmt/format.h>

#include <algorithm>

#include "command.h"
#include "console.h"
#include "haul/contract/contract.h"
#include "haul/contract/draft.h"
#include "haul/ingest/profile.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/validator.h"
#include "platform.h"

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

/// What a source with the contract would put into quarantine.
struct Refused {
  std::uint64_t rows = 0;
  std::string first_reason = {};

  void note(const std::vector<ingest::RejectedRow>& rejected) {
    if (first_reason.empty() && !rejected.empty()) first_reason = ": " + rejected.front().reason;
  }
};

Result<Refused> count_refused(const ReadableFile& file, const ingest::FormatOptions& format,
                              const contract::Object& object, const expression::SqlParser& parser) {
  HAUL_TRY(splitter, ingest::RowSplitter::open(file, format, {}));
  HAUL_TRY(decoder, ingest::Decoder::make(splitter->row_format(), object.schema, splitter->header()));
  HAUL_TRY(validator, ingest::Validator::make(object, parser));
  Refused refused;
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    HAUL_TRY(decoded, decoder->decode(rows.view()));
    refused.note(decoded.rejected);
    HAUL_TRY(validated, validator->validate(std::move(decoded)));
    refused.note(validated.rejected);
    refused.rows += rows.view().size() - validated.row_of.size() + rows.too_long.size();
    last = rows.last;
  }
  return refused;
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

/// Writes a new file: a contract that is there may have been filled in.
Result<void> write_new(FileSystem& files, const Path& path, std::string_view text) {
  if (files.info(path)) {
    return fail(ErrorCode::kConflict,
                fmt::format("{} is there already; name another file with -o, or remove it", path.string()));
  }
  return write_file_atomically(files, path, text);
}

}  // namespace

Result<Exit> command_contract_import(const CommandContext& context,
                                     const ContractImportArguments& arguments) {
  Platform platform(context.project / "state");
  const Path path = arguments.file;
  const std::string name = arguments.name.empty() ? table_name(path) : arguments.name;
  const std::string shown = path.filename().string();
  HAUL_TRY(guess, read_guess(arguments));
  HAUL_TRY(file, platform.files().open_for_read(path));
  const bool parquet = is_parquet(*file);
  HAUL_TRY(profile,
           parquet ? ingest::profile_parquet(path, shown) : ingest::profile_csv(*file, shown, guess));
  const std::string yaml = contract::draft_contract(profile.evidence, name);
  HAUL_TRY(contract, contract::parse_contract(yaml, arguments.output.empty() ? "draft" : arguments.output));
  fmt::print(stderr, "{}: {} rows, {} columns{}\n", shown, profile.evidence.rows,
             profile.evidence.columns.size(), parquet ? "" : how_to_read(profile.format));
  HAUL_TRY(object, contract::single_object(contract));
  HAUL_TRY(refused, count_refused(*file, profile.format, *object, platform.parser()));
  fmt::print(stderr, "{} of its rows break the draft{}\n", refused.rows, refused.first_reason);
  if (arguments.output.empty()) {
    HAUL_TRY_VOID(standard_output().append(as_bytes(yaml)));
  } else {
    HAUL_TRY_VOID(write_new(platform.files(), arguments.output, yaml));
  }
  return profile.unreadable_rows == 0 ? Exit::kDone : Exit::kDoneWithFindings;
}

}  // namespace haul::app
