#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/contract/draft.h"
#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// What is known about a CSV file before it is read; the rest is told from the file.
struct CsvGuess {
  std::optional<char> delimiter = {};         ///< Nothing: the one of , ; tab | that the header has most of.
  std::optional<std::string> null_text = {};  ///< Nothing: what stands for null in it, if anything does.
};

/// What a file holds, and how it has to be read for that.
struct FileProfile {
  contract::Evidence evidence;
  FormatOptions format;
  std::uint64_t unreadable_rows = 0;  ///< Not a record of as many fields as the header; not in the evidence.
};

/// Reads a CSV file (UTF-8) once. A column has the narrowest of boolean, integer, number, date, time and text
/// that Haul's decoders read every value as; whole numbers that begin with a zero are codes, so text. Words
/// like NA are null where the column is no text without them. Memory: 8 bytes a row for each column that may
/// be unique. One thread; about a microsecond a field.
/// kInvalidInput: no header, a column name twice.  kUnavailable: I/O error.
Result<FileProfile> profile_csv(const ReadableFile& file, const std::string& shown_name,
                                const CsvGuess& guess);

/// Reads a Parquet file of this machine; the types are the file's.
/// kInvalidInput: not a Parquet file, or a column of a type that tables do not hold (named).
Result<FileProfile> profile_parquet(const Path& path, const std::string& shown_name);

}  // namespace haul::ingest
