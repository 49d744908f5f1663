#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/log.h"
#include "haul/base/result.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/source.h"

namespace haul::ingest {

/// The log's own topic that remembers the control numbers of interchanges, and when each was answered.
/// Retention never forgets it.
inline constexpr std::string_view kInterchangesTopic = "haul.interchanges";

/// A file of interchanges whose rows are durable.
struct InterchangeFile {
  const Source& source;
  FormatOptions format;  ///< kX12 or kEdifact.
  Path path;
  std::string shown_name;
  /// All answers are kept a second time, one behind the other, under this name; empty: they are not.
  std::string document = {};
};

/// What became of one interchange.
struct InterchangeOutcome {
  std::string sender;
  std::string control;
  std::uint64_t accepted = 0;  ///< Transactions.
  std::uint64_t rejected = 0;
  bool is_reused = false;            ///< The sender used the control number before, for other content.
  std::string acknowledgement = {};  ///< Path of the answer; empty where there is none.
};

/// Answers the interchanges of a project, once each. Thread-safe: one file at a time.
class InterchangeLog {
 public:
  /// `root` is the project's folder. The references must outlive the log.
  InterchangeLog(FileSystem& files, const Clock& clock, eventlog::EventLog& log, Path root)
      : files_(files), clock_(clock), log_(log), root_(std::move(root)) {}

  /// Reads a file once more, after its rows are durable. Finds control numbers that were used before for
  /// other content, and where the source says `acknowledge` writes the answer to each interchange (997, TA1
  /// or CONTRL) as DIR/SENDER-CONTROL-HASH.997 or .contrl, the hash being the first 12 digits of the
  /// content's. An answer that is there is left alone; one that is missing is written as it was the first
  /// time, to the byte. So the call may be repeated, after a crash or for a file that is sent again. Nothing
  /// for a source without interchanges. kUnavailable: storage; call again. Memory: one interchange's report,
  /// an outcome for each, and with a document their answers.
  Result<std::vector<InterchangeOutcome>> account(const InterchangeFile& file);

  /// The answers that were kept under a name. kNotFound: there are none.
  [[nodiscard]] Result<std::string> document(const Source& source, std::string_view name) const;

  /// Removes the documents of a source whose names are remembered no more; says how many those were. The
  /// answers themselves stay. A name that is remembered before account() is called with it keeps its
  /// document. kUnavailable: storage; what was removed before stays so.
  Result<std::uint64_t> forget_documents(const Source& source,
                                         const std::function<bool(std::string_view)>& is_remembered);

 private:
  FileSystem& files_;
  const Clock& clock_;
  eventlog::EventLog& log_;
  const Path root_;
  std::mutex mutex_;  // one file at a time: who answers an interchange first decides when that was
};

/// One line for each interchange: `interchange`, a warning where its control number was used before.
void write_lines(Log& log_lines, const Source& source, std::span<const InterchangeOutcome> interchanges);

}  // namespace haul::ingest
