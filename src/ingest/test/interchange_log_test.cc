#include "haul/ingest/interchange_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "haul/base/metrics.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/eventlog/embedded_log.h"

namespace haul::ingest {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

/// An X12 interchange of `sender` with one status.
std::string interchange(std::string_view sender, std::string_view control, std::string_view shipment) {
  return fmt::format(
      "ISA*00*          *00*          *02*{:<15}*ZZ*HAUL           *240301*1405*U*00401*{}*0*P*:~"
      "GS*QM*SWFT*HAUL*20240301*1405*77*X*004010~"
      "ST*214*0001~B10*PRO*{}*SWFT~LX*1~AT7*X1*NS***20240115*1330*ET~SE*5*0001~GE*1*77~IEA*1*{}~",
      sender, control, shipment, control);
}

class Interchanges : public ::testing::Test {
 protected:
  Interchanges() {
    auto opened =
        eventlog::open_embedded_log({.directory = "/log", .owner = "test"}, files_, clock_, rng_, metrics_);
    EXPECT_TRUE(opened);
    log_ = std::move(opened->log);
    source_.name = "status";
    source_.format = {.format = Format::kX12, .message = "214"};
    source_.acknowledge_dir = "acks";
  }

  std::vector<InterchangeOutcome> account(const std::string& text, const std::string& document = "") {
    EXPECT_TRUE(write_file_atomically(files_, "/in.edi", text));
    InterchangeLog log(files_, clock_, *log_, "/project");
    auto outcomes = log.account({source_, source_.format, "/in.edi", "in.edi", document});
    EXPECT_TRUE(outcomes) << outcomes.error().message;
    return outcomes.value_or(std::vector<InterchangeOutcome>{});
  }

  testing::FakeFileSystem files_;
  testing::ManualClock clock_;
  SeededRng rng_{7};
  MetricsRegistry metrics_;
  std::unique_ptr<eventlog::EventLog> log_;
  Source source_;
};

TEST_F(Interchanges, WritesAMissingAnswerAsItWasTheFirstTime) {
  const std::string text = interchange("SWFT", "000000905", "SH1");
  const Path path = account(text).at(0).acknowledgement;
  const auto first = read_file(files_, path);
  ASSERT_TRUE(first && files_.remove(path));
  clock_.advance(26h);

  const auto again = account(text);

  EXPECT_EQ(again.at(0).acknowledgement, path.string());
  EXPECT_EQ(*read_file(files_, path), *first);
  EXPECT_FALSE(again.at(0).is_reused);
}

TEST_F(Interchanges, TellsAControlNumberThatStandsForOtherContentAlready) {
  const std::string first = interchange("SWFT", "000000905", "SH1");
  account(first);

  EXPECT_TRUE(account(interchange("SWFT", "000000905", "SH2")).at(0).is_reused);
  EXPECT_TRUE(account(interchange("SWFT", "000000905", "SH2")).at(0).is_reused);
  EXPECT_FALSE(account(interchange("SWFT", "000000906", "SH2")).at(0).is_reused);
  EXPECT_FALSE(account(interchange("ACME", "000000905", "SH2")).at(0).is_reused);
  EXPECT_FALSE(account(first).at(0).is_reused);
}

TEST_F(Interchanges, KeepsTheAnswersOfAFileAsOneDocument) {
  const auto outcomes =
      account(interchange("SWFT", "000000905", "SH1") + interchange("ACME", "000000001", "SH2"), "r_1");

  const auto document = InterchangeLog(files_, clock_, *log_, "/project").document(source_, "r_1");

  ASSERT_TRUE(document);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(*document, *read_file(files_, outcomes[0].acknowledgement) +
                           *read_file(files_, outcomes[1].acknowledgement));
}

TEST_F(Interchanges, ForgetsDocumentsWhoseNamesNobodyRemembers) {
  const auto outcomes = account(interchange("SWFT", "000000905", "SH1"), "r_old");
  account(interchange("SWFT", "000000906", "SH2"), "r_new");
  ASSERT_TRUE(write_file_atomically(files_, "/project/acks/.documents/notes.txt", "mine"));
  InterchangeLog log(files_, clock_, *log_, "/project");

  const auto forgotten = log.forget_documents(source_, [](std::string_view name) { return name == "r_new"; });

  ASSERT_TRUE(forgotten);
  EXPECT_EQ(*forgotten, 1U);
  EXPECT_FALSE(log.document(source_, "r_old"));
  EXPECT_TRUE(log.document(source_, "r_new"));
  EXPECT_TRUE(files_.info(outcomes.at(0).acknowledgement)) << "the answer itself stays";
  EXPECT_TRUE(files_.info("/project/acks/.documents/notes.txt"));
}

TEST_F(Interchanges, HasNothingToForgetWhereNothingWasAnswered) {
  InterchangeLog log(files_, clock_, *log_, "/project");

  EXPECT_EQ(log.forget_documents(source_, [](std::string_view) { return false; }), 0U);
}

TEST_F(Interchanges, KeepsAnswersInTheirFolderWhateverTheSenderIsCalled) {
  const auto outcomes = account(interchange("../../etc/x", "000000905", "SH1"), "../../r");

  EXPECT_EQ(Path(outcomes.at(0).acknowledgement).parent_path(), "/project/acks");
  EXPECT_EQ(files_.list("/project/acks/.documents")->size(), 1U);
}

TEST_F(Interchanges, RemembersNamesOfAnyLength) {
  source_.format = {.format = Format::kEdifact, .message = "IFTSTA"};
  const auto text = [](const std::string& sender, std::string_view document) {
    return fmt::format("UNB+UNOC:3+{}+HAUL+240301:1405+1'UNH+1+IFTSTA:D:00B:UN'BGM+77+{}'UNT+3+1'UNZ+1+1'",
                       sender, document);
  };
  const std::string sender(2'000, 'S');
  account(text(sender, "A"));

  EXPECT_TRUE(account(text(sender, "B")).at(0).is_reused);
  EXPECT_FALSE(account(text(sender + "S", "C")).at(0).is_reused);
}

TEST_F(Interchanges, AnswersNothingWhereTheSourceDoesNotSay) {
  source_.acknowledge_dir.clear();

  const auto outcomes = account(interchange("SWFT", "000000905", "SH1"), "r_1");

  EXPECT_EQ(outcomes.at(0).accepted, 1U);
  EXPECT_EQ(outcomes.at(0).acknowledgement, "");
  const auto document = InterchangeLog(files_, clock_, *log_, "/project").document(source_, "r_1");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace haul::ingest
