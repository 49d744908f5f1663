#include "haul/ingest/pull.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <set>

#include "haul/base/rng.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/eventlog/embedded_log.h"
#include "haul/ingest/batch_attributes.h"
#include "haul/ingest/row_batches.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/source.h"
#include "record_collector.h"

namespace haul::ingest {
namespace {

/// A server of rows: `/?page=N` has `page_rows` of them, `/?after=C` those behind the C-th.
class Server final : public HttpClient {
 public:
  Result<HttpAnswer> get(const HttpRequest& request) override {
    asked.push_back(request.url);
    if (!answers.empty()) {
      HttpAnswer answer = answers.front();
      answers.pop_front();
      return answer;
    }
    const std::size_t at = std::stoul(request.url.substr(request.url.find('=') + 1));
    const bool by_page = request.url.find("page") != std::string::npos;
    const std::size_t from = by_page ? (at - 1) * page_rows : at;
    const std::size_t to = std::min(from + page_rows, rows.size());
    std::string body = R"({"meta":{"next":)" + std::to_string(std::max(from, to)) + R"(},"data":{"items":[)";
    for (std::size_t row = from; row < to; ++row) body += (row == from ? "" : ", ") + rows[row];
    return HttpAnswer{200, body + "]}}"};
  }

  std::vector<std::string> rows;
  std::size_t page_rows = 3;
  std::deque<HttpAnswer> answers;
  std::vector<std::string> asked;
};

class PullTest : public ::testing::Test {
 protected:
  PullTest() { open_log(); }

  void open_log() { open_log_in("/log"); }

  void open_log_in(const std::string& directory) {
    log_.reset();
    ASSERT_TRUE(files_.create_directories(directory));
    auto opened = eventlog::open_embedded_log({.directory = directory, .owner = "test"}, files_, clock_, rng_,
                                              metrics_);
    ASSERT_TRUE(opened);
    log_ = std::move(opened->log);
    ASSERT_TRUE(log_->create_topic({"scans", 3, {}}));
  }

  void start_over() {
    open_log_in("/log-" + std::to_string(++logs_));
    server_ = {};
  }

  static std::string row(int number) { return R"({"id":")" + std::to_string(number) + R"("})"; }

  PartitionId partition_of(const std::string& row) {
    FormatOptions format;
    SplitRows rows;
    rows.ends.push_back(0);
    add_record({row, row.size()}, 1, rows);
    auto batcher = RowBatcher::make(format, {}, {"id"}, {{}, {}, {}});
    return batcher->take(rows).batches.front().partition;
  }

  /// A row of the first page, as an earlier pull left it.
  void append_as_pulled(const std::string& row, std::uint64_t place, const std::string& page_sum) {
    const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(row.size())};
    BatchAttributes attributes;
    attributes.lines = {(std::uint64_t{1} << 20U) | place};
    attributes.cursor = "0";
    attributes.page_sha256 = page_sum;
    const std::string encoded = encode_attributes(attributes);
    const eventlog::AppendRequest request{.partition = partition_of(row),
                                          .producer = "scans/pull",
                                          .first_position = attributes.lines[0],
                                          .last_position = attributes.lines[0],
                                          .attributes = encoded,
                                          .records = {ends, as_bytes(row)}};
    ASSERT_TRUE(log_->append("scans", {&request, 1}));
  }

  void add_rows(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = std::to_string(server_.rows.size());
      server_.rows.push_back(R"({"id":")" + id + R"(","n": 1.50})");
    }
  }

  Result<PullReport> run() {
    PullOptions options{
        .url = by_page_ ? "http://acme/?page={page}" : "http://acme/?after={cursor}",
        .by_page = by_page_,
        .start = by_page_ ? "1" : "0",
        .rows = {"data", "items"},
        .next = by_page_ ? std::vector<std::string>{} : std::vector<std::string>{"meta", "next"}};
    HAUL_TRY(pull, Pull::open("scans", {}, {"id"}, options,
                              {.http = server_,
                               .log = *log_,
                               .clock = clock_,
                               .authorization = "Bearer x",
                               .stopping = [] { return false; },
                               .pause = [this](Micros span) { paused_ += span; }}));
    return pull->run();
  }

  void each_batch(const std::function<void(const eventlog::StoredBatch&)>& take) {
    for (std::uint32_t p = 0; p < 3; ++p) {
      for (Offset from{0};;) {
        const auto batches = log_->read("scans", PartitionId{p}, from, 1U << 20U);
        EXPECT_TRUE(batches);
        if (batches->empty()) break;
        for (const auto& batch : *batches) {
          take(batch);
          from = batch.end();
        }
      }
    }
  }

  /// Every row of the topic.
  std::multiset<std::string> stored() {
    std::multiset<std::string> rows;
    each_batch([&rows](const eventlog::StoredBatch& batch) {
      const std::string_view bytes(reinterpret_cast<const char*>(batch.records.bytes.data()),
                                   batch.records.bytes.size());
      for (std::size_t row = 0; row < batch.records.size(); ++row) {
        const auto begin = static_cast<std::size_t>(batch.records.ends[row]);
        rows.emplace(bytes.substr(begin, static_cast<std::size_t>(batch.records.ends[row + 1]) - begin));
      }
    });
    return rows;
  }
  /// Of the batches whose rows are for quarantine.
  std::set<std::string> reject_reasons() {
    std::set<std::string> reasons;
    each_batch([&reasons](const eventlog::StoredBatch& batch) {
      const auto attributes = decode_attributes(batch.attributes);
      EXPECT_TRUE(attributes);
      if (!attributes->reject_reason.empty()) reasons.insert(attributes->reject_reason);
    });
    return reasons;
  }
  std::multiset<std::string> served() { return {server_.rows.begin(), server_.rows.end()}; }

  testing::FakeFileSystem files_;
  testing::ManualClock clock_;
  SeededRng rng_{1};
  MetricsRegistry metrics_;
  std::unique_ptr<eventlog::EventLog> log_;
  Server server_;
  int logs_ = 0;
  bool by_page_ = false;
  Micros paused_{0};
};

TEST_F(PullTest, TakesEveryRowOnceWhilePagesGrow) {
  for (const bool by_page : {false, true}) {
    by_page_ = by_page;
    server_ = {};
    if (by_page) {
      open_log_in("/other");
    }
    for (const int more : {7, 0, 1, 1, 5, 0, 3, 2}) {
      add_rows(more);

      const auto report = run();

      ASSERT_TRUE(report) << report.error().message;
      ASSERT_EQ(report->rows, static_cast<std::uint64_t>(more)) << by_page;
      ASSERT_EQ(stored(), served());
    }
  }
}

TEST_F(PullTest, KeepsTheServersBytes) {
  server_.rows = {R"({"id":"a","x":{"y":[1, 2.500]}})", R"(12)"};

  ASSERT_TRUE(run());

  EXPECT_EQ(stored(), served());
}

TEST_F(PullTest, CutsARowThatIsTooLongAndSaysWhy) {
  server_.rows = {R"({"id":"a"})", "\"" + std::string(kRowBytesMax, 'x') + "\"", R"({"id":"b"})"};

  const auto report = run();

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows, 3U);
  EXPECT_EQ(stored(), (std::multiset<std::string>{server_.rows[0], server_.rows[1].substr(0, kRowBytesMax),
                                                  server_.rows[2]}));
  EXPECT_EQ(reject_reasons(), std::set<std::string>{"the row has 1048578 bytes; its first 1048576 are kept"});
}

TEST_F(PullTest, TakesAPageWholeWhereItsBeginningChanged) {
  add_rows(2);
  by_page_ = true;
  ASSERT_TRUE(run());
  server_.rows.insert(server_.rows.begin(), R"({"id":"first"})");

  ASSERT_TRUE(run());

  EXPECT_EQ(stored().size(), 5U) << "two rows, then the three of the new page";
  EXPECT_EQ(stored().count(R"({"id":"first"})"), 1U);
}

TEST_F(PullTest, RepeatsNothingWhereverThePowerIsCut) {
  for (int at = 0; at < 60; ++at) {
    int syncs = 0;
    add_rows(4);
    files_.set_fault([&syncs, at](testing::FakeFileSystem::Verb verb, const Path&) -> std::optional<Error> {
      const bool is_sync = verb == testing::FakeFileSystem::Verb::kSync;
      if (is_sync && syncs++ >= at % 5) return Error{ErrorCode::kUnavailable, "no power"};
      return std::nullopt;
    });
    static_cast<void>(run().has_value());
    files_.set_fault({});
    log_.reset();
    files_.cut_power(testing::FakeFileSystem::Loss::kRandom, rng_);
    open_log();
    add_rows(at % 3);  // the page that was cut off may have grown by the time it is asked for again

    const auto report = run();

    ASSERT_TRUE(report) << at << ": " << report.error().message;
    ASSERT_EQ(stored(), served()) << at;
  }
}

/// A crash came between the partitions: the log has the first and the third row of a page, not the second.
TEST_F(PullTest, SendsTheMissingRowOfAPageThatHasGrownSince) {
  for (int i = 0; i < 20; ++i) {
    start_over();
    server_.rows = {row(i), row(i + 1), row(i + 2)};
    if (partition_of(server_.rows[1]) == partition_of(server_.rows[2])) continue;
    append_as_pulled(server_.rows[0], 1, "of one row");
    append_as_pulled(server_.rows[2], 3, "of three rows");
    server_.page_rows = 4;
    server_.rows.push_back(row(i + 3));

    ASSERT_TRUE(run());

    EXPECT_EQ(stored(), served()) << i;
  }
}

/// The log has the second row of a page and not the first; by now the first is another one, whose partition
/// may be that of the second.
TEST_F(PullTest, LosesNoRowOfAPageThatIsAnotherOneAfterACrash) {
  for (int i = 0; i < 20; ++i) {
    start_over();
    server_.rows = {row(i), row(100)};
    append_as_pulled(row(100), 2, "of another first row");

    ASSERT_TRUE(run());

    EXPECT_EQ(stored().count(row(i)), 1U) << i;
    EXPECT_GE(stored().count(row(100)), 1U) << i;
  }
}

TEST_F(PullTest, WaitsAsTheServerSaysAndTriesAgain) {
  add_rows(1);
  server_.answers = {{429, "", std::chrono::seconds{7}}, {503, "", {}}};

  ASSERT_TRUE(run());

  EXPECT_EQ(paused_, std::chrono::seconds{7 + 2});
  EXPECT_EQ(stored(), served());
}

TEST_F(PullTest, GivesUpOnWhatWillNotPass) {
  server_.answers = {{401, "", {}}};
  EXPECT_EQ(run().error().code, ErrorCode::kInvalidInput);
  server_.answers = {{500, "", {}}, {500, "", {}}, {500, "", {}}};
  EXPECT_EQ(run().error().code, ErrorCode::kUnavailable);
  for (const std::string body : {"", "<html>", "[]", R"({"data":{}})", R"({"data":{"items":[{"id":1},}})"}) {
    server_.answers = {{200, body, {}}};

    const auto report = run();

    ASSERT_FALSE(report) << body;
    EXPECT_EQ(report.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_TRUE(stored().empty());
}

TEST(PullOptions, NamesWhatIsWrong) {
  const auto parse = [](const std::string& keys) {
    return parse_source("source: s\ncontract: s\ndeliver: topic\nkey: [id]\nfrom:\n  kind: pull\n" + keys,
                        "sources/s.yaml");
  };

  EXPECT_TRUE(parse("  url: 'https://a/x?p={page}'\n  rate: 10/s\n"));
  EXPECT_TRUE(parse("  url: 'https://a/x?c={cursor}'\n  next: meta.next\n  start: '2026-01-01'\n"));
  EXPECT_EQ(parse("  url: 'https://a/x?c={cursor}'\n  next: n\n  rate: 60/m\n")->pull->gap,
            std::chrono::seconds{1});
  for (const auto* keys :
       {"  url: 'ftp://a/{page}'\n", "  url: 'https://a/'\n", "  url: 'https://a/{page}{cursor}'\n",
        "  url: 'https://a/{cursor}'\n", "  url: 'https://a/{page}'\n  next: x\n",
        "  url: 'https://a/{page}'\n  start: x\n", "  url: 'https://a/{page}'\n  rate: fast\n",
        "  url: 'https://a/{page}'\n  authorization: secret\n", "  url: 'https://a/{page}'\n  rows: a..b\n",
        "  url: 'https://a/{page}'\n  format: csv\n"}) {
    const auto source = parse(keys);

    ASSERT_FALSE(source) << keys;
    EXPECT_TRUE(source.error().message.starts_with("sources/s.yaml:")) << source.error().message;
  }
}

}  // namespace
}  // namespace haul::ingest
