#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/base/yaml.h"

namespace haul::ingest {

/// The day that the rows of a partner's file are about, in the partner's calendar.
using BusinessDate = std::chrono::sys_days;

/// "2013-01-31".
[[nodiscard]] std::string to_string(BusinessDate date);

/// What a partner's file name says.
struct NamedFile {
  std::optional<BusinessDate> date;
  std::optional<std::int64_t> sequence;  ///< Of the files of a day: a higher one corrects a lower one.
};

/// The pattern of a drop's file names: text, `*`, and at most once each `{date}` (20130131 or 2013-01-31) and
/// `{sequence}` (digits). A plain value.
class NamePattern {
 public:
  /// kInvalidInput: a word in braces twice or unknown, a slash, an open brace.
  static Result<NamePattern> parse(std::string_view pattern);

  /// What `name` says; nothing where it does not match.
  [[nodiscard]] std::optional<NamedFile> match(std::string_view name) const;
  [[nodiscard]] bool has_date() const;
  [[nodiscard]] bool has_sequence() const;

 private:
  enum class Kind : std::uint8_t { kText, kAny, kDate, kSequence };
  struct Part {
    Kind kind = Kind::kText;
    std::string text = {};
  };
  [[nodiscard]] bool has(Kind kind) const;
  [[nodiscard]] bool match_from(std::size_t part, std::string_view rest, NamedFile& found) const;

  std::vector<Part> parts_;
};

/// When the files of a drop are due: one per business date, on the weekdays named.
struct DeliveryCalendar {
  BusinessDate since;                      ///< The first business date that is expected.
  std::vector<std::chrono::weekday> weekdays;  ///< Business dates fall on these.
  Micros by = {};                   ///< Local time of day; may pass midnight (days_after says the day).
  std::chrono::days days_after{0};  ///< From the business date to the day of delivery.
  std::string timezone = "UTC";     ///< IANA name.
  Micros missing_after = std::chrono::hours{24};  ///< Late becomes missing.

  /// When the file of a business date is late. A local time that daylight saving skips counts as the moment
  /// after the gap.
  [[nodiscard]] IngestTime due(BusinessDate date) const;
  /// The business dates that were due at `now`, oldest first, at most the last 400 days.
  [[nodiscard]] std::vector<BusinessDate> due_dates(IngestTime now) const;
};

/// How one knows that a file is whole.
enum class Readiness : std::uint8_t {
  kRename,    ///< It was written under a temporary name (.x, x.tmp, x.part, x.filepart) and renamed.
  kManifest,  ///< NAME.manifest.json stands beside it.
};

/// A folder that a partner drops files into: `from: {kind: drop, ...}` of a source.
struct DropOptions {
  std::string folder;                    ///< As written; relative to the project.
  std::optional<NamePattern> name = {};  ///< Files of another name are refused.
  Readiness ready = Readiness::kRename;
  Micros quiet = {};  ///< A file must not have changed for so long.
  std::optional<DeliveryCalendar> expect = {};
  /// A file stands for the earlier ones of its business date: their rows leave silver with its commit.
  bool corrects = false;
};

/// Reads the keys of a drop: path, name, ready, quiet, expect. kInvalidInput names file, line and what to
/// write.
Result<DropOptions> parse_drop(const YamlNode& from);

/// What a manifest says of its file: NAME.manifest.json, one JSON object with at least one of bytes, rows,
/// sha256.
struct Manifest {
  std::optional<std::uint64_t> bytes = {};
  std::optional<std::uint64_t> rows = {};  ///< Records without a CSV header.
  std::optional<std::string> sha256 = {};  ///< Lower-case hexadecimal.
};

inline constexpr std::string_view kManifestSuffix = ".manifest.json";

/// kInvalidInput: no JSON object, an unknown member, another type, nothing to check, another `file` than
/// `name`.
Result<Manifest> parse_manifest(std::string_view json, std::string_view name);

}  // namespace haul::ingest
