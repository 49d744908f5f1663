#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "haul/base/clock.h"
#include "haul/base/result.h"
#include "haul/base/time.h"
#include "haul/base/yaml.h"
#include "haul/eventlog/event_log.h"
#include "haul/ingest/decoder.h"
#include "haul/ingest/http_client.h"

namespace haul::ingest {

/// A partner's HTTP interface that is asked page by page: `from: {kind: pull, ...}` of a source.
struct PullOptions {
  std::string url;       ///< Holds {cursor} or {page} once.
  bool by_page = false;  ///< {page}: numbers from `start` on; else {cursor}: the text that `next` gave.
  std::string start;     ///< The first cursor or page.
  std::vector<std::string> rows =
      {};  ///< Keys that lead to the array of rows; none: the answer is the array.
  std::vector<std::string> next = {};  ///< {cursor}: keys that lead to the next one.
  std::string authorization = {};  ///< Reference to the Authorization header's value, e.g. env:ACME_TOKEN.
  std::map<std::string, std::string> headers = {};
  Micros every = std::chrono::minutes{5};  ///< Between the end of one look and the next.
  Micros gap = {};                         ///< At least so long between two requests.
};

/// Reads the keys of a pull: url, start, rows, next, authorization, headers, every, rate. kInvalidInput names
/// file, line and what to write.
Result<PullOptions> parse_pull(const YamlNode& from);

/// What a pull works with. The references must outlive it.
struct PullContext {
  HttpClient& http;
  eventlog::EventLog& log;
  const Clock& clock;
  std::string authorization;          ///< Resolved; empty: none.
  std::function<bool()> stopping;     ///< Asked between pages and while waiting.
  std::function<void(Micros)> pause;  ///< Waits; may end early when stopping.
};

struct PullReport {
  std::uint64_t pages = 0;
  std::uint64_t rows = 0;           ///< Appended.
  std::uint64_t rows_repeated = 0;  ///< Left out: the log has them.
};

/// Pulls the pages of one source into its topic, each row once. The position (page number and cursor) stands
/// in the log batches that hold the page's rows, so rows and position cannot part. Each look begins with the
/// last page that had rows: what the log has of it is left out. Where its first rows are no longer the same,
/// the whole page is taken as a new one, whose repeats silver tells by key. One thread.
class Pull {
 public:
  /// The topic exists. kInvalidInput: no key column.  kConflict: the topic holds batches of another sender at
  /// its end.
  static Result<std::unique_ptr<Pull>> open(const std::string& source, const FormatOptions& format,
                                            const std::vector<std::string>& key, const PullOptions& options,
                                            const PullContext& context);
  virtual ~Pull() = default;

  /// Asks for page after page until there is nothing more. kUnavailable: no answer, 408, 429 or 5xx (after
  /// three tries, `Retry-After` kept); call again later.  kInvalidInput: another status, or an answer that is
  /// not as the source says.
  virtual Result<PullReport> run() = 0;
};

}  // namespace haul::ingest
