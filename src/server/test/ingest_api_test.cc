#include "haul/server/ingest_api.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <set>

#include "haul/ingest/batch_attributes.h"
#include "log_fixture.h"
#include "spool.h"

namespace haul::server {
namespace {

using haul::testing::FakeFileSystem;
using ::testing::HasSubstr;

class Nowhere final : public LandedRows {
 public:
  [[nodiscard]] std::vector<Offset> landed(const std::string&) const override { return offsets; }
  Result<LandedCounts> count(const std::string&, std::span<const OffsetRange> ranges) override {
    LandedCounts counts;
    for (const OffsetRange& range : ranges) counts.valid += range.end.raw() - range.first.raw();
    return counts;
  }
  std::vector<Offset> offsets;
};

class NoLog final : public Log {
 public:
  void write(const LogLine&) override {}
};

/// The API over a log in memory, asked as the HTTP server asks it.
class Harness {
 public:
  Harness() {
    ingest::Source legs;
    legs.name = "legs";
    legs.key = {"k"};
    legs.partitions = 3;
    sources.emplace("legs", legs);
    open();
  }
  ~Harness() { close(); }
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  void open() {
    auto opened = IngestApi::open({.log = *fixture.log,
                                   .files = fixture.files,
                                   .clock = fixture.clock,
                                   .metrics = fixture.metrics,
                                   .log_lines = lines,
                                   .landed = landed,
                                   .sources = sources,
                                   .spool = "/spool",
                                   .load_table = {},
                                   .free_disk_bytes = [] { return UINT64_MAX; }},
                                  config);
    ASSERT_TRUE(opened) << opened.error().message;
    api = *std::move(opened);
    spool = *SpoolFolder::open(fixture.files, "/body");
  }
  void close() {
    if (api) api->stop();
    api.reset();
  }
  void restart() {
    close();
    fixture.close();
    fixture.open();
    open();
  }

  Response post(std::string_view text, const std::string& key = "",
                const std::string& type = "application/x-ndjson") {
    auto request = std::make_shared<Request>();
    request->head.method = "POST";
    request->head.parameters["source"] = "legs";
    request->head.headers["content-type"] = type;
    if (!key.empty()) request->head.headers["idempotency-key"] = key;
    request->head.caller.name = "acme";
    request->head.content_length = text.size();
    Spool body(*spool, UINT64_MAX);
    EXPECT_TRUE(body.append(as_bytes(text)));
    request->body = *body.finish();
    return answer("POST", std::move(request));
  }
  Response receipt(const std::string& id, const std::string& caller = "acme") {
    auto request = std::make_shared<Request>();
    request->head.parameters["id"] = id;
    request->head.caller.name = caller;
    return answer("GET", std::move(request));
  }

  /// Every payload in the topic with how often it is there.
  std::map<std::string, int> rows() {
    std::map<std::string, int> counts;
    for (std::uint32_t p = 0; p < 3; ++p) {
      const auto range = fixture.log->range("legs", PartitionId{p});
      for (Offset next = range->start; next < range->end;) {
        const auto batches = fixture.log->read("legs", PartitionId{p}, next, 1U << 20U);
        for (const auto& batch : *batches) {
          for (std::size_t i = 0; i < batch.records.size(); ++i) {
            const auto* bytes = reinterpret_cast<const char*>(batch.records.bytes.data());
            ++counts[std::string(bytes + batch.records.ends[i], bytes + batch.records.ends[i + 1])];
          }
          next = batch.end();
        }
      }
    }
    return counts;
  }

  testing::LogFixture fixture;
  Nowhere landed;
  NoLog lines;
  ServerConfig config;
  std::map<std::string, ingest::Source> sources;
  std::unique_ptr<IngestApi> api;
  std::unique_ptr<SpoolFolder> spool;

 private:
  Response answer(std::string_view method, std::shared_ptr<Request> request) {
    for (const Route& route : api->routes()) {
      if (route.method != method) continue;
      if (route.admit) {
        if (auto refused = route.admit(request->head)) return *refused;
      }
      auto answered = std::make_shared<std::promise<Response>>();
      auto future = answered->get_future();
      route.handle(std::move(request),
                   [answered](Response response) { answered->set_value(std::move(response)); });
      return future.get();
    }
    ADD_FAILURE() << "no route takes " << method;
    return {};
  }
};

std::string rows_of(int begin, int end) {
  std::string text;
  for (int i = begin; i < end; ++i) text += fmt::format("{{\"k\":\"{}\",\"n\":{}}}\n", i % 17, i);
  return text;
}

std::string id_of(const Response& response) { return response.body.substr(response.body.find("r_"), 34); }

TEST(IngestApi, AcceptsRowsOnceHoweverOftenTheyAreSent) {
  Harness harness;

  const Response first = harness.post(rows_of(0, 100));
  const Response again = harness.post(rows_of(0, 100));
  harness.restart();
  const Response later = harness.post(rows_of(0, 100));

  EXPECT_EQ(first.status, 200U) << first.body;
  EXPECT_THAT(first.body, HasSubstr("\"accepted\":100"));
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(later.body, first.body);
  EXPECT_EQ(harness.rows().size(), 100U);
  for (const auto& [row, count] : harness.rows()) EXPECT_EQ(count, 1) << row;
}

TEST(IngestApi, TakesTheSameRowsUnderAnotherKeyForOthers) {
  Harness harness;
  const Response one = harness.post(rows_of(0, 10), "one");

  const Response two = harness.post(rows_of(0, 10), "two");
  const Response reused = harness.post(rows_of(0, 11), "one");

  EXPECT_NE(id_of(one), id_of(two));
  EXPECT_EQ(reused.status, 422U) << reused.body;
  for (const auto& [row, count] : harness.rows()) EXPECT_EQ(count, 2) << row;
}

TEST(IngestApi, RefusesAnIdempotencyKeyWithOtherRowsAfterARestartToo) {
  Harness harness;
  const std::string key = "Schl\xC3\xBCssel \"1\"";
  ASSERT_EQ(harness.post(rows_of(0, 10), key).status, 200U);
  harness.restart();

  const Response reused = harness.post(rows_of(0, 11), key);
  const Response again = harness.post(rows_of(0, 10), key);

  EXPECT_EQ(reused.status, 422U) << reused.body;
  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(harness.rows().size(), 10U);
}

TEST(IngestApi, TakesNoIdempotencyKeyThatAReceiptCannotHold) {
  Harness harness;

  for (const std::string& key : {std::string("\xFF"), std::string("cut \xC3"), std::string(256, 'k')}) {
    const Response refused = harness.post(rows_of(0, 10), key);

    EXPECT_EQ(refused.status, 400U) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("idempotency_key"));
  }
  EXPECT_TRUE(harness.rows().empty());
}

TEST(IngestApi, ShowsAReceiptToItsProducerAlone) {
  Harness harness;
  harness.landed.offsets = {Offset{1'000}, Offset{1'000}, Offset{1'000}};
  const std::string id = id_of(harness.post(rows_of(0, 10)));

  EXPECT_THAT(harness.receipt(id).body, HasSubstr("\"state\":\"landed\",\"valid\":10"));
  EXPECT_EQ(harness.receipt(id, "other").status, 404U);
  EXPECT_EQ(harness.receipt("r_unknown").status, 404U);
}

TEST(IngestApi, SaysThatRowsArePendingUntilTheFlowHasPassedThem) {
  Harness harness;
  const std::string id = id_of(harness.post(rows_of(0, 100)));
  EXPECT_THAT(harness.receipt(id).body, HasSubstr("\"state\":\"pending\""));

  harness.landed.offsets = {Offset{0}, Offset{100}, Offset{100}};

  EXPECT_THAT(harness.receipt(id).body, HasSubstr("\"state\":\"pending\""));
}

TEST(IngestApi, AcceptsNothingOfABodyThatIsBrokenAtItsEnd) {
  Harness harness;

  const Response refused = harness.post("[{\"k\":\"a\"},{\"k\":\"b\"},", "", "application/json");

  EXPECT_EQ(refused.status, 400U) << refused.body;
  EXPECT_TRUE(harness.rows().empty());
}

TEST(IngestApi, RefusesASourceWhoseFlowIsTooFarBehind) {
  Harness harness;
  harness.config.waiting_rows_max = 50;
  harness.restart();
  harness.landed.offsets = {Offset{0}, Offset{0}, Offset{0}};
  ASSERT_EQ(harness.post(rows_of(0, 100)).status, 200U);

  const Response refused = harness.post(rows_of(100, 200));

  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.headers.front().first, "Retry-After");
}

TEST(IngestApi, TakesNothingAfterAFailedSyncUntilTheLogIsOpenedAgain) {
  Harness harness;
  harness.fixture.files.set_fault([](FakeFileSystem::Verb verb, const Path& path) -> std::optional<Error> {
    if (verb != FakeFileSystem::Verb::kSync || path.string().find("legs") == std::string::npos)
      return std::nullopt;
    return Error{ErrorCode::kUnavailable, "the device failed"};
  });
  EXPECT_EQ(harness.post(rows_of(0, 10)).status, 503U);

  harness.fixture.files.set_fault({});

  EXPECT_EQ(harness.post(rows_of(10, 20)).status, 503U);
  EXPECT_THAT(harness.api->trouble(), HasSubstr("the device failed"));
  harness.restart();
  EXPECT_EQ(harness.post(rows_of(0, 10)).status, 200U);
  for (const auto& [row, count] : harness.rows()) EXPECT_EQ(count, 1) << row;
}

TEST(IngestApi, GoesOnByItselfWhenThereIsRoomAgain) {
  for (const char* full : {"legs/00000", "legs/00001", "legs/00002", "haul.receipts"}) {
    Harness harness;
    ASSERT_EQ(harness.post(rows_of(0, 100)).status, 200U);
    harness.fixture.files.set_fault(
        [full](FakeFileSystem::Verb verb, const Path& path) -> std::optional<Error> {
          if (verb != FakeFileSystem::Verb::kAppend || path.string().find(full) == std::string::npos)
            return std::nullopt;
          return Error{ErrorCode::kUnavailable, "no space left"};
        });
    const Response refused = harness.post(rows_of(100, 200));
    EXPECT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(refused.headers.front().first, "Retry-After");
    EXPECT_THAT(harness.api->trouble(), HasSubstr("no space left"));

    harness.fixture.files.set_fault({});
    Response taken = refused;
    for (int tries = 0; taken.status != 200 && tries < 1'000'000; ++tries) {
      taken = harness.post(rows_of(100, 200));
    }

    EXPECT_EQ(taken.status, 200U) << taken.body;
    EXPECT_EQ(harness.api->trouble(), "");
    EXPECT_EQ(harness.rows().size(), 200U) << full;
    for (const auto& [row, count] : harness.rows()) EXPECT_EQ(count, 1) << full << ": " << row;
  }
}

/// The power fails at a random moment of some uploads; then every client sends again what it had no answer
/// to, and what it had one to as well.
TEST(IngestApi, HasEveryRowOnceAfterAnyPowerCutAndResend) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SeededRng rng(seed);
    Harness harness;
    std::map<int, std::string> acknowledged;
    for (int round = 0; round < 2; ++round) {
      std::atomic<std::uint64_t> verbs_left = 5 + below(rng, 60);
      harness.fixture.files.set_fault([&](FakeFileSystem::Verb, const Path& path) -> std::optional<Error> {
        if (!path.string().starts_with("/log")) return std::nullopt;
        if (verbs_left > 0 && --verbs_left > 0) return std::nullopt;
        return Error{ErrorCode::kUnavailable, "no power"};
      });
      for (int upload = 0; upload < 12; ++upload) {
        const Response answer = harness.post(rows_of(upload * 40, upload * 40 + 40));
        if (answer.status == 200) acknowledged.emplace(upload, answer.body);
      }
      harness.close();
      harness.fixture.close();
      harness.fixture.files.set_fault({});
      harness.fixture.files.cut_power(FakeFileSystem::Loss::kRandom, rng);
      harness.fixture.open();
      harness.open();
    }

    for (int upload = 0; upload < 12; ++upload) {
      const Response answer = harness.post(rows_of(upload * 40, upload * 40 + 40));
      ASSERT_EQ(answer.status, 200U) << "seed " << seed << ": " << answer.body;
      ASSERT_THAT(answer.body, HasSubstr("\"accepted\":40")) << "seed " << seed;
      if (acknowledged.contains(upload)) {
        ASSERT_EQ(answer.body, acknowledged[upload]) << "seed " << seed;
      }
    }

    const auto rows = harness.rows();
    ASSERT_EQ(rows.size(), 480U) << "seed " << seed;
    for (const auto& [row, count] : rows) ASSERT_EQ(count, 1) << "seed " << seed << ": " << row;
  }
}

}  // namespace
}  // namespace haul::server
