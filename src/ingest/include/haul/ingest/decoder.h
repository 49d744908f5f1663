#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/columnar/schema.h"
#include "haul/contract/contract.h"

namespace haul::ingest {

enum class Format : std::uint8_t {
  kNdjson,   ///< One JSON object a line.
  kCsv,      ///< RFC 4180.
  kJson,     ///< An array of objects, or one object. A format of files alone: its rows are NDJSON.
  kParquet,  ///< A format of files alone, as kJson.
  kArrow,    ///< An Arrow IPC stream or file; a format of files alone, as kJson.
  kX12,      ///< Interchanges of X12 (docs/edi.md).
  kEdifact,  ///< Interchanges of UN/EDIFACT.
  kEpcis,    ///< GS1 EPCIS 2.0 events in JSON (docs/epcis.md).
};

/// "csv": as source files, log batches and messages name it.
[[nodiscard]] std::string_view to_string(Format format);
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

struct CsvOptions {
  char delimiter = ',';
  char quote = '"';
  std::string null_text = {};      ///< A field equal to it (unquoted) is null, as is an empty unquoted field.
  std::string encoding = "utf-8";  ///< utf-8, latin-1 or windows-1252.
};

/// How a source's bytes look: from sources/NAME.yaml.
struct FormatOptions {
  Format format = Format::kNdjson;
  CsvOptions csv = {};
  /// Time zone of timestamps written without one: "UTC" or a fixed offset such as "+02:00".
  std::string timestamp_offset = "UTC";
  std::string message = {};  ///< X12 and EDIFACT: the kind of transaction, e.g. "214" or "IFTSTA".
};

/// Raw rows in Arrow's binary layout, borrowed: row i is bytes[ends[i] .. ends[i + 1]), without its line end.
struct RawRows {
  std::span<const std::int32_t> ends;
  std::span<const std::byte> bytes;

  [[nodiscard]] std::size_t size() const { return ends.empty() ? 0 : ends.size() - 1; }
};

/// A row that could not be decoded, or broke a rule.
struct RejectedRow {
  std::uint32_t row = 0;  ///< Index into the raw rows of the batch.
  std::string rule;    ///< Rule id: "decode.json", "decode.csv", "type.dep_delay", or the contract rule's id.
  std::string reason;  ///< One sentence with column and value (no value for personal columns).
};

/// Fields of rows that the schema does not name, as JSON objects; most rows
/// have none. Text i, of raw row row[i], is json[ends[i] .. ends[i + 1]).
struct ExtraFields {
  std::vector<std::uint32_t> row;  ///< Ascending; rejected rows are not among them.
  std::vector<std::size_t> ends{0};
  std::string json;

  [[nodiscard]] std::string_view text(std::size_t index) const {
    return std::string_view(json).substr(ends[index], ends[index + 1] - ends[index]);
  }
};

/// Decoded columns and, for each of their rows, where it came from.
struct DecodedBatch {
  std::shared_ptr<arrow::RecordBatch> rows;  ///< Schema of the contract (all nullable here).
  std::vector<std::uint32_t> row_of;         ///< rows[i] came from raw row row_of[i]; ascending.
  std::vector<RejectedRow> rejected;         ///< Ascending by row; disjoint from row_of.
  std::uint64_t unknown_fields = 0;          ///< Fields that the contract does not name, counted.
  ExtraFields extra = {};                    ///< Those of them that stand at the top of a row.
  /// Names among them that this decoder meets for the first time; at most
  /// kUnknownNamesMax over its life.
  std::vector<std::string> new_unknown_names = {};
};

inline constexpr std::size_t kUnknownNamesMax = 100;

/// Turns raw rows of one format into columns of one schema. Columnar inside: no allocation per row once warm.
/// One thread at a time; reuse it: builders keep their memory.
class Decoder {
 public:
  /// `header` is the file's CSV header line (as received), empty for NDJSON.
  /// kInvalidInput: a required column is not in the header, a header name twice, an unknown encoding, a
  /// column that no field of the message feeds.
  static Result<std::unique_ptr<Decoder>> make(const FormatOptions& options, const columnar::Schema& schema,
                                               std::string_view header);
  /// With the defaults of `object` for the columns that a row lacks (a null is
  /// there: it stays null). kInvalidInput: as above, and a default that is no
  /// value of its column.
  static Result<std::unique_ptr<Decoder>> make(const FormatOptions& options, const contract::Object& object,
                                               std::string_view header);
  virtual ~Decoder() = default;

  /// A bad row is rejected, never the batch.
  virtual Result<DecodedBatch> decode(const RawRows& raw) = 0;
};

}  // namespace haul::ingest
