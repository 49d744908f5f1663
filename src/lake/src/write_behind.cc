#include "haul/lake/write_behind.h"

#include <arrow/record_batch.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "haul/base/check.h"

namespace haul::lake {
namespace {

constexpr std::size_t kWaitingBatches = 2;

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

class WriteBehind final : public StagedWriter {
 public:
  explicit WriteBehind(std::unique_ptr<StagedWriter> writer) : writer_(std::move(writer)) {}
  ~WriteBehind() override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.clear();
    }
    end_thread();
  }
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  Result<void> write(const arrow::RecordBatch& batch) override {
    HAUL_CHECK(!finished_, "a finished data file takes no more rows");
    std::unique_lock lock(mutex_);
    if (!waiting_.empty() && !thread_.joinable()) thread_ = std::thread([this] { write_batches(); });
    changed_.wait(lock, [this] { return waiting_.size() < kWaitingBatches || error_; });
    if (error_) return fail(*error_);
    waiting_.push_back(arrow::RecordBatch::Make(batch.schema(), batch.num_rows(), batch.columns()));
    changed_.notify_all();
    return {};
  }

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }

  Result<DataFile> finish() override {
    HAUL_CHECK(!finished_, "a data file is finished once");
    finished_ = true;
    if (thread_.joinable()) {
      end_thread();
    } else {
      write_waiting();
    }
    if (error_) return fail(*error_);
    return writer_->finish();
  }

 private:
  /// The thread: until everything is written and no more will come.
  void write_batches() {
    while (write_waiting()) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty() || is_ending_; });
    }
  }

  /// Whether more may come. A batch leaves the queue when it is written, so that its room counts its memory.
  bool write_waiting() {
    for (;;) {
      BatchPtr next;
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty() || error_) return !is_ending_ && !error_;
        next = waiting_.front();
      }
      auto written = writer_->write(*next);
      bytes_ = writer_->bytes();
      const std::lock_guard lock(mutex_);
      if (!waiting_.empty()) waiting_.pop_front();
      if (!written) error_ = std::move(written).error();
      changed_.notify_all();
    }
  }

  void end_thread() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  std::unique_ptr<StagedWriter> writer_;  // the thread's while it runs
  std::atomic<std::uint64_t> bytes_ = 0;
  std::mutex mutex_;  // guards waiting_, error_ and is_ending_
  std::condition_variable changed_;
  std::deque<BatchPtr> waiting_;
  std::optional<Error> error_;
  bool is_ending_ = false;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<StagedWriter> write_behind(std::unique_ptr<StagedWriter> writer) {
  return std::make_unique<WriteBehind>(std::move(writer));
}

}  // namespace haul::lake
