#include "haul/lake/write_behind.h"

#include <arrow/array/array_binary.h>
#include <fmt/format.h>

#include <optional>
#include <thread>

#include "lake_fixture.h"

namespace haul::lake {
namespace {

/// Notes on which threads it was written to; refuses the batch with the given number.
class RefusingWriter final : public StagedWriter {
 public:
  struct Seen {
    std::vector<std::string> first_ids;
    std::vector<std::thread::id> threads;
    bool finished = false;
  };

  RefusingWriter(Seen& seen, std::size_t refused) : seen_(seen), refused_(refused) {}

  Result<void> write(const arrow::RecordBatch& batch) override {
    if (seen_.first_ids.size() == refused_) return fail(ErrorCode::kUnavailable, "the disk is full");
    seen_.first_ids.push_back(static_cast<const arrow::StringArray&>(*batch.column(0)).GetString(0));
    seen_.threads.push_back(std::this_thread::get_id());
    return {};
  }
  [[nodiscard]] std::uint64_t bytes() const override { return seen_.first_ids.size(); }
  Result<DataFile> finish() override {
    seen_.finished = true;
    return DataFile{};
  }

 private:
  Seen& seen_;
  std::size_t refused_;
};

constexpr std::size_t kNever = 1'000'000;

class WriteBehindTest : public LakeTest {
 protected:
  std::unique_ptr<StagedWriter> writer(std::size_t refused = kNever) {
    return write_behind(std::make_unique<RefusingWriter>(seen, refused));
  }

  RefusingWriter::Seen seen;
};

TEST_F(WriteBehindTest, WritesEveryBatchInOrderOnAnotherThread) {
  const auto behind = writer();
  std::vector<std::string> ids;
  for (int number = 0; number < 100; ++number) {
    ids.push_back(fmt::format("leg-{}", number));
    ASSERT_TRUE(behind->write(*rows({ids.back()})));
  }

  ASSERT_TRUE(behind->finish());

  EXPECT_EQ(seen.first_ids, ids);
  EXPECT_NE(seen.threads.front(), std::this_thread::get_id());
  EXPECT_EQ(behind->bytes(), 100U);
}

TEST_F(WriteBehindTest, NeedsNoThreadForOneBatch) {
  const auto behind = writer();
  ASSERT_TRUE(behind->write(*rows({"a"})));

  ASSERT_TRUE(behind->finish());

  EXPECT_EQ(seen.threads, std::vector{std::this_thread::get_id()});
}

TEST_F(WriteBehindTest, MakesNoFileAfterAnError) {
  for (const std::size_t refused : {0U, 1U, 5U}) {
    seen = {};
    const auto behind = writer(refused);
    std::optional<Error> error;
    for (std::size_t number = 0; number <= refused && !error; ++number) {
      const auto written = behind->write(*rows({"a"}));
      if (!written) error = written.error();
    }

    const auto finished = behind->finish();

    ASSERT_FALSE(finished) << refused;
    EXPECT_EQ(finished.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(finished.error().message, "the disk is full");
    EXPECT_FALSE(seen.finished);
  }
}

TEST_F(WriteBehindTest, TellsTheNextWriteOfAnError) {
  const auto behind = writer(1);
  Result<void> written;

  for (int number = 0; number < 100 && written; ++number) written = behind->write(*rows({"a"}));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "the disk is full");
  EXPECT_EQ(seen.first_ids.size(), 1U);
}

TEST_F(WriteBehindTest, MayBeDroppedUnfinished) {
  auto behind = writer();
  for (int number = 0; number < 10; ++number) ASSERT_TRUE(behind->write(*rows({"a"})));

  behind.reset();

  EXPECT_FALSE(seen.finished);
}

TEST_F(WriteBehindTest, GivesTheSameFileAsTheWriterAlone) {
  const auto legs = table();
  auto plain = legs->stage();
  auto staged = legs->stage();
  ASSERT_TRUE(plain && staged);
  const auto behind = write_behind(*std::move(staged));
  for (int number = 0; number < 5; ++number) {
    const auto batch = rows({fmt::format("leg-{}", number), "same"});
    ASSERT_TRUE((*plain)->write(*batch));
    ASSERT_TRUE(behind->write(*batch));
  }

  const auto expected = (*plain)->finish();
  const auto file = behind->finish();

  ASSERT_TRUE(expected && file);
  EXPECT_EQ(*files.content(folder / file->path), *files.content(folder / expected->path));
  EXPECT_EQ(file->statistics, expected->statistics);
}

}  // namespace
}  // namespace haul::lake
