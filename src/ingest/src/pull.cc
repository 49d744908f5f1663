#include "haul/ingest/pull.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "haul/base/hash.h"
#include "haul/ingest/batch_attributes.h"
#include "haul/ingest/row_batches.h"
#include "record_collector.h"

namespace haul::ingest {
namespace {

/// A row's position is its page's number and its place in the page.
constexpr int kRowBits = 20;
constexpr std::uint64_t kPageRowsMax = (std::uint64_t{1} << kRowBits) - 1;
constexpr int kTries = 3;
constexpr Micros kFirstPause = std::chrono::seconds{1};
constexpr Micros kPauseMax = std::chrono::minutes{1};

/// What stands in the query of an address (RFC 3986 section 2.3).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// One answer, taken apart.
struct Page {
  std::vector<std::string> rows;
  std::vector<std::uint64_t> hashes;       ///< Of the rows as the log keeps them, without what is too long.
  std::optional<std::string> next_cursor;  ///< Nothing: this is the last page there is.
};

namespace ondemand = simdjson::ondemand;

bool find(ondemand::document& document, const std::vector<std::string>& keys, ondemand::value& value) {
  simdjson::error_code found = document.find_field_unordered(keys.front()).get(value);
  for (std::size_t i = 1; i < keys.size() && found == simdjson::SUCCESS; ++i) {
    found = value.find_field_unordered(keys[i]).get(value);
  }
  return found == simdjson::SUCCESS;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

/// A value as the server wrote it.
std::optional<std::string_view> raw_text(simdjson::simdjson_result<ondemand::value> value) {
  ondemand::json_type type{};
  std::string_view raw;
  if (value.type().get(type) != simdjson::SUCCESS) return std::nullopt;
  simdjson::error_code error = simdjson::SUCCESS;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    error = value.get_object().get(object);
    if (error == simdjson::SUCCESS) error = object.raw_json().get(raw);
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    error = value.get_array().get(array);
    if (error == simdjson::SUCCESS) error = array.raw_json().get(raw);
  } else {
    error = value.raw_json_token().get(raw);
  }
  if (error != simdjson::SUCCESS) return std::nullopt;
  return trimmed(raw);
}

/// Text without its quotes, numbers as they are; nothing for null and an empty text.
std::optional<std::string> cursor_text(ondemand::value& value) {
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS || type == ondemand::json_type::null) return std::nullopt;
  std::string_view text;
  if (type != ondemand::json_type::string) {
    text = trimmed(value.raw_json_token());
  } else if (value.get_string().get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

/// The page that is asked for next, and what the log has of it.
struct Position {
  std::uint64_t page = 1;                  ///< In the order of pulling.
  std::string cursor;                      ///< Or the page's number as text.
  std::optional<std::string> sha256 = {};  ///< Of all its rows when it was sent last; nothing: never.
  std::vector<std::optional<std::uint64_t>> row_hashes = {};  ///< By place; nothing: the log lacks the row.
};

/// Whether the log holds nothing but rows of this page.
bool are_of(const std::vector<std::optional<std::uint64_t>>& stored, const Page& page) {
  if (stored.empty() || stored.size() > page.hashes.size()) return false;
  return std::equal(
      stored.begin(), stored.end(), page.hashes.begin(),
      [](const auto& stored_hash, std::uint64_t hash) { return !stored_hash || *stored_hash == hash; });
}

class TopicPull final : public Pull {
 public:
  TopicPull(std::string source, FormatOptions format, const std::vector<std::string>& key,
            const PullOptions& options, const PullContext& context)
      : source_(std::move(source)),
        format_(std::move(format)),
        key_(key),
        options_(options),
        context_(context),
        producer_(source_ + "/pull"),
        at_{.cursor = options.start} {}

  Result<void> start();
  Result<PullReport> run() override;

 private:
  Result<std::optional<eventlog::StoredBatch>> batch_before(PartitionId partition, Offset end);
  Result<void> find_position();
  Result<void> read_rows();
  Result<HttpAnswer> ask();
  Result<Page> fetch();
  Result<Page> take_apart(std::string& body) const;
  Result<void> take(Page& page, PullReport& report);
  Result<RowBatches> batches_of(const Page& page, std::size_t from);
  Result<void> append(const RowBatches& taken);
  [[nodiscard]] Error not_as_said(std::string_view what) const {
    return {ErrorCode::kInvalidInput,
            fmt::format("{}: the answer to {} {}", source_,
                        options_.by_page ? "page " + at_.cursor : "cursor " + at_.cursor, what)};
  }

  std::string source_;
  FormatOptions format_;
  std::vector<std::string> key_;
  PullOptions options_;
  PullContext context_;
  std::string producer_;
  std::uint32_t partitions_ = 0;
  Position at_;
  std::optional<Position> before_;  ///< The page before `at_`, where pages are counted.
  std::chrono::nanoseconds next_request_{0};
};

Result<void> TopicPull::start() {
  HAUL_TRY(topic, context_.log.topic(source_));
  partitions_ = topic.partitions;
  return find_position();
}

/// The batch that ends at an offset; nothing where that is the start.
Result<std::optional<eventlog::StoredBatch>> TopicPull::batch_before(PartitionId partition, Offset end) {
  HAUL_TRY(range, context_.log.range(source_, partition));
  if (end == range.start) return std::optional<eventlog::StoredBatch>();
  HAUL_TRY(batches, context_.log.read(source_, partition, Offset{end.raw() - 1}, 1));
  if (batches.empty() || batches.front().producer != producer_) {
    return fail(
        ErrorCode::kConflict,
        fmt::format("topic {}: not all of its rows were pulled; a pulled source takes rows from nowhere else",
                    source_));
  }
  return std::optional(std::move(batches.front()));
}

/// The newest page stands in the last batch of some partition: in the one with the highest row, for a page
/// that has grown is in the log with the sums of each of its sizes.
Result<void> TopicPull::find_position() {
  std::uint64_t newest = 0;
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(range, context_.log.range(source_, PartitionId{p}));
    HAUL_TRY(last, batch_before(PartitionId{p}, range.end));
    if (!last || last->last_position < newest) continue;
    HAUL_TRY(attributes, decode_attributes(last->attributes));
    newest = last->last_position;
    at_ = {.page = newest >> kRowBits, .cursor = attributes.cursor, .sha256 = attributes.page_sha256};
  }
  return newest == 0 ? Result<void>{} : read_rows();
}

/// Which rows of the newest page the log has: after a crash some partitions may lack theirs.
Result<void> TopicPull::read_rows() {
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(range, context_.log.range(source_, PartitionId{p}));
    for (Offset end = range.end;;) {
      HAUL_TRY(batch, batch_before(PartitionId{p}, end));
      if (!batch || batch->last_position >> kRowBits != at_.page) break;
      HAUL_TRY(attributes, decode_attributes(batch->attributes));
      const auto& records = batch->records;
      for (std::size_t row = 0; row < records.size(); ++row) {
        const auto bytes =
            records.bytes.subspan(static_cast<std::size_t>(records.ends[row]),
                                  static_cast<std::size_t>(records.ends[row + 1] - records.ends[row]));
        const auto place = static_cast<std::size_t>(attributes.lines[row] & kPageRowsMax);
        if (at_.row_hashes.size() < place) at_.row_hashes.resize(place);
        at_.row_hashes[place - 1] = hash64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      }
      end = batch->first;
    }
  }
  return {};
}

Result<PullReport> TopicPull::run() {
  PullReport report;
  while (!context_.stopping()) {
    HAUL_TRY(page, fetch());
    ++report.pages;
    if (page.rows.empty() && before_) {
      at_ = *std::exchange(before_, {});  // the page before may still grow: the next look begins there
      return report;
    }
    HAUL_TRY_VOID(take(page, report));
    if (!page.next_cursor || *page.next_cursor == at_.cursor) return report;
    Position next{.page = at_.page + 1, .cursor = *page.next_cursor};
    before_.reset();
    if (options_.by_page) before_ = std::move(at_);
    at_ = std::move(next);
  }
  return report;
}

/// Leaves out what the log has of the page: all of it, or some of its rows where it has grown since or where
/// a crash came between the partitions.
Result<void> TopicPull::take(Page& page, PullReport& report) {
  Sha256 hash;
  for (const std::string& row : page.rows) {
    hash.update(as_bytes(row));
    hash.update(as_bytes("\n"));
  }
  const std::string sha256 = hash.finish();
  const auto& stored = at_.row_hashes;
  const bool has_grown = at_.sha256 && *at_.sha256 != sha256 && are_of(stored, page);
  if (at_.sha256 && *at_.sha256 != sha256 && !has_grown) ++at_.page;  // another page in the same place
  const auto first_missing =
      are_of(stored, page) ? std::find(stored.begin(), stored.end(), std::nullopt) : stored.begin();
  auto from = static_cast<std::size_t>(first_missing - stored.begin());
  Result<RowBatches> taken = batches_of(page, from);
  const auto stored_behind = static_cast<std::uint64_t>(
      std::count_if(first_missing, stored.end(), [](const auto& row) { return row.has_value(); }));
  if (taken && has_grown && taken->rows_repeated != stored_behind) {
    // The log would drop a row that it lacks, for its partition has one from further behind: what looks like
    // the page grown is another page that shares rows with it. Sent whole, as a page of its own, nothing is
    // lost.
    ++at_.page;
    from = 0;
    taken = batches_of(page, from);
  }
  if (!taken) return fail(taken.error());
  at_.sha256 = sha256;
  HAUL_TRY_VOID(append(*taken));
  report.rows += taken->rows;
  report.rows_repeated += from + taken->rows_repeated;
  at_.row_hashes.assign(page.hashes.begin(), page.hashes.end());
  if (page.rows.empty()) at_.sha256.reset();
  return {};
}

/// The rows from a place on that the log does not have.
Result<RowBatches> TopicPull::batches_of(const Page& page, std::size_t from) {
  SplitRows rows;
  rows.ends.push_back(0);
  for (std::size_t row = from; row < page.rows.size(); ++row) {
    const std::string_view text = page.rows[row];
    add_record({text.substr(0, kRowBytesMax), text.size()}, (at_.page << kRowBits) | (row + 1), rows);
  }
  std::vector<std::optional<std::uint64_t>> stored;
  for (std::uint32_t p = 0; p < partitions_; ++p) {
    HAUL_TRY(position, context_.log.last_position(source_, PartitionId{p}, producer_));
    stored.push_back(position);
  }
  HAUL_TRY(batcher, RowBatcher::make(format_, {}, key_, std::move(stored)));
  return batcher.take(rows);
}

Result<void> TopicPull::append(const RowBatches& taken) {
  BatchAttributes shared;
  shared.format = format_;
  shared.file = fmt::format("pull {} {}", options_.by_page ? "page" : "cursor", at_.cursor);
  shared.cursor = at_.cursor;
  shared.page_sha256 = *at_.sha256;
  return append_rows(context_.log, source_, producer_, std::move(shared), taken.batches);
}

Result<HttpAnswer> TopicPull::ask() {
  const std::string_view word = options_.by_page ? "{page}" : "{cursor}";
  HttpRequest request{.url = options_.url, .headers = options_.headers};
  request.url.replace(request.url.find(word), word.size(), escaped(at_.cursor));
  if (!context_.authorization.empty()) request.headers["Authorization"] = context_.authorization;
  Micros pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    const auto now = context_.clock.steady();
    if (now < next_request_) context_.pause(std::chrono::ceil<Micros>(next_request_ - now));
    next_request_ = context_.clock.steady() + options_.gap;
    auto answer = context_.http.get(request);
    if (answer && answer->status == 200) return answer;
    if (!answer && answer.error().code != ErrorCode::kUnavailable) return answer;
    const bool may_pass = !answer || answer->status == 408 || answer->status == 429 || answer->status >= 500;
    if (!may_pass || attempt == kTries || context_.stopping()) {
      if (!answer) return answer;
      return fail(may_pass ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
                  fmt::format("{}: the server answered {}", source_, answer->status));
    }
    const Micros asked = answer && answer->retry_after ? Micros{*answer->retry_after} : pause;
    context_.pause(std::min(asked, kPauseMax));
    pause *= 2;
  }
}

Result<Page> TopicPull::fetch() {
  HAUL_TRY(answer, ask());
  return take_apart(answer.body);
}

Result<Page> TopicPull::take_apart(std::string& body) const {
  Page page;
  const std::size_t length = body.size();
  body.append(simdjson::SIMDJSON_PADDING, '\0');
  ondemand::parser parser;
  const auto parse = [&] { return parser.iterate(body.data(), length, body.size()); };
  ondemand::document document;
  if (parse().get(document) != simdjson::SUCCESS) return fail(not_as_said("is no JSON"));
  ondemand::value value;
  if (!options_.next.empty()) {
    if (find(document, options_.next, value)) page.next_cursor = cursor_text(value);
    // From the start once more: the keys may stand in any order. A damaged document cannot be rewound.
    if (parse().get(document) != simdjson::SUCCESS) return fail(not_as_said("is no JSON"));
  }
  ondemand::array rows;
  const bool found = options_.rows.empty() ? document.get_array().get(rows) == simdjson::SUCCESS
                                           : find(document, options_.rows, value) &&
                                                 value.get_array().get(rows) == simdjson::SUCCESS;
  if (!found) {
    return fail(not_as_said(fmt::format("has no array of rows{}{}", options_.rows.empty() ? "" : " at ",
                                        fmt::join(options_.rows, "."))));
  }
  for (auto element : rows) {
    const auto raw = raw_text(element);
    if (!raw) return fail(not_as_said("is damaged within its rows"));
    page.rows.emplace_back(*raw);
    page.hashes.push_back(hash64(raw->substr(0, kRowBytesMax)));
    if (page.rows.size() > kPageRowsMax)
      return fail(not_as_said(fmt::format("has more than {} rows", kPageRowsMax)));
  }
  if (options_.by_page && !page.rows.empty()) page.next_cursor = std::to_string(std::stoull(at_.cursor) + 1);
  return page;
}

}  // namespace

Result<std::unique_ptr<Pull>> Pull::open(const std::string& source, const FormatOptions& format,
                                         const std::vector<std::string>& key, const PullOptions& options,
                                         const PullContext& context) {
  auto pull = std::make_unique<TopicPull>(source, format, key, options, context);
  HAUL_TRY_VOID(pull->start());
  return std::unique_ptr<Pull>(std::move(pull));
}

}  // namespace haul::ingest
