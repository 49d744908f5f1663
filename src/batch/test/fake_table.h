#pragma once

#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "haul/lake/table.h"

namespace haul::batch {

/// A table in memory: offsets to ask for, and the rows of each file that was staged into it.
class FakeTable final : public lake::Table {
 public:
  std::map<std::string, std::int64_t> stored;
  std::vector<std::vector<std::shared_ptr<arrow::RecordBatch>>> staged;

  [[nodiscard]] const Path& folder() const override { return folder_; }
  Result<lake::Snapshot> snapshot() override { return lake::Snapshot(); }
  Result<lake::Snapshot> snapshot_at(lake::Version /*version*/) override { return lake::Snapshot(); }
  Result<lake::Snapshot> snapshot_as_of(IngestTime /*at*/) override { return lake::Snapshot(); }
  Result<std::vector<lake::HistoryEntry>> history(std::size_t /*limit*/) override {
    return std::vector<lake::HistoryEntry>();
  }
  Result<lake::CommitReport> commit(lake::CommitRequest /*request*/) override { return lake::CommitReport(); }

  Result<std::vector<std::optional<std::int64_t>>> offsets(const std::vector<std::string>& app_ids) override {
    std::vector<std::optional<std::int64_t>> out;
    for (const std::string& id : app_ids) {
      const auto found = stored.find(id);
      out.push_back(found == stored.end() ? std::nullopt : std::optional(found->second));
    }
    return out;
  }

  Result<std::unique_ptr<lake::StagedWriter>> stage() override {
    staged.emplace_back();
    return std::unique_ptr<lake::StagedWriter>(std::make_unique<Writer>(*this, staged.size() - 1));
  }

 private:
  class Writer final : public lake::StagedWriter {
   public:
    Writer(FakeTable& table, std::size_t file) : table_(table), file_(file) {}
    Result<void> write(const arrow::RecordBatch& batch) override {
      table_.staged[file_].push_back(batch.Slice(0));
      return {};
    }
    [[nodiscard]] std::uint64_t bytes() const override { return 0; }
    Result<lake::DataFile> finish() override {
      lake::DataFile file;
      file.path = "file-" + std::to_string(file_);
      return file;
    }

   private:
    FakeTable& table_;
    std::size_t file_;
  };

  Path folder_;
};

}  // namespace haul::batch
