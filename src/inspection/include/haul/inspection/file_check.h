#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/expression/sql_parser.h"
#include "haul/ingest/decoder.h"
#include "haul/inspection/report.h"
#include "haul/query/sql_engine.h"

namespace haul::inspection {

/// The outside of a check. All must outlive it.
struct CheckContext {
  FileSystem& files;
  const Clock& clock;
  const expression::SqlParser& parser;
  query::SqlEngine& engine;
};

/// A file of rows.
struct InputFile {
  Path path;
  std::string shown_name;
  ingest::FormatOptions format;
};

/// The rows that a relationship refers to.
struct ReferenceFile {
  std::string dataset;  ///< "vehicles", as relationships and silver.vehicles name it.
  InputFile file;
  /// Its columns, where its contract is known: rules in SQL can read it then. Null: only relationships can.
  const contract::Object* object = nullptr;
};

struct FileCheck {
  const contract::Contract& contract;  ///< Of one object.
  InputFile data;
  std::vector<ReferenceFile> references = {};
  Path good = {};        ///< Parquet file of the rows that broke no rule; empty: none is written.
  Path quarantine = {};  ///< Parquet file of the others with rules, reasons and original bytes; as above.
  /// For the keys that unique and referential rules remember; above it they go to `work`.
  std::uint64_t memory_bytes = 512'000'000;
  std::size_t threads = 2;
  Path work = {};  ///< A folder of this check's own, made and removed by it.
  /// Called with the bytes of `data` read so far; false ends the check. May be empty.
  std::function<bool(std::uint64_t)> progress = {};
};

/// Runs every rule of the contract over a file, in one pass: decoding and row rules on all threads, keys and
/// outputs in the order of the file. Where keys had to go to disk and some rows were found only there, the
/// file is read a second time to put those rows into quarantine; the report is the same either way.
///
/// The outputs appear whole or not at all. Memory: `memory_bytes`, about 25 MB a thread, and one row group of
/// each output. kInvalidInput: the contract has not exactly one object, a rule cannot run, or a reference
/// cannot be read, or `data` is a damaged compressed file; all else that is wrong with `data` is in the
/// report.  kNotFound, kUnavailable: a file cannot be opened, read or written.  kCancelled: `progress` said
/// so.
Result<FileReport> check_file(const CheckContext& context, const FileCheck& check);

}  // namespace haul::inspection
