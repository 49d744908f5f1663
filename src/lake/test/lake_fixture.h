#pragma once

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "haul/base/rng.h"
#include "haul/base/testing/fake_file_system.h"
#include "haul/base/testing/manual_clock.h"
#include "haul/lake/table.h"
#include "haul/lake/testing/memory_table_logs.h"

namespace haul::lake {

/// A lake in memory with a table of two columns in "legs".
class LakeTest : public ::testing::Test {
 protected:
  static columnar::Schema schema() {
    return {{{"leg_id", arrow::utf8(), columnar::Presence::kRequired}, {"delay", arrow::int32()}}};
  }

  std::unique_ptr<Table> table(const TableSpec& spec = {schema(), {}, {}}) {
    auto opened = Table::open_or_create(context, folder, spec);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *std::move(opened) : nullptr;
  }

  static std::shared_ptr<arrow::RecordBatch> rows(const std::vector<std::string>& ids) {
    arrow::StringBuilder id;
    arrow::Int32Builder delay;
    for (const auto& text : ids) {
      EXPECT_TRUE(id.Append(text).ok());
      EXPECT_TRUE(delay.Append(static_cast<std::int32_t>(text.size())).ok());
    }
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field("leg_id", arrow::utf8()), arrow::field("delay", arrow::int32())}),
        static_cast<std::int64_t>(ids.size()), {*id.Finish(), *delay.Finish()});
  }

  static DataFile staged(Table& into, const std::vector<std::string>& ids) {
    auto writer = into.stage();
    EXPECT_TRUE(writer) << writer.error().message;
    EXPECT_TRUE((*writer)->write(*rows(ids)));
    auto file = (*writer)->finish();
    EXPECT_TRUE(file) << file.error().message;
    return *file;
  }

  static CommitRequest adding(DataFile file) {
    CommitRequest request;
    request.adds = {std::move(file)};
    return request;
  }

  Path folder = "legs";
  haul::testing::FakeFileSystem files;
  haul::testing::ManualClock clock;
  testing::MemoryTableLogs logs{clock};
  SeededRng rng{7};
  LakeContext context{files, logs, clock, rng};
};

}  // namespace haul::lake
