#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "haul/server/ingest_api.h"
#include "receipts.h"
#include "worker_pool.h"

namespace haul::server {

enum class Replay : std::uint8_t { kNo, kYes };

/// The answer to an upload. kYes: it came before, which the header `Idempotent-Replayed` says. `more`:
/// members behind those of the receipt, each with a comma before it.
[[nodiscard]] Response receipt_response(const Receipt& receipt, Replay replay, std::string_view more = {});
/// Whether a caller may know of a receipt, where there is one.
[[nodiscard]] bool is_theirs(const std::optional<Receipt>& receipt, const Caller& caller);
[[nodiscard]] Response no_such_receipt(std::string_view id);

/// `GET /v1/receipts/{id}?wait=2s`: what became of accepted rows. What landed is counted once, in the tables,
/// and remembered for the newest receipts that were asked for. Thread-safe.
class ReceiptApi {
 public:
  ReceiptApi(const ReceiptBook& receipts, LandedRows& landed, const Clock& clock, WorkerPool& pool)
      : receipts_(receipts), landed_(landed), clock_(clock), pool_(pool) {}

  [[nodiscard]] Route route();

 private:
  struct Question {
    std::shared_ptr<Request> request;
    Respond respond;
    Receipt receipt;
    std::chrono::nanoseconds until;  ///< On the steady clock.
  };

  void handle(const std::shared_ptr<Request>& request, const Respond& respond);
  void look(const std::shared_ptr<Question>& question);
  void count(const Question& question);
  [[nodiscard]] bool has_landed(const Receipt& receipt) const;
  [[nodiscard]] std::optional<LandedCounts> remembered(const std::string& receipt) const;
  void remember(const std::string& receipt, const LandedCounts& counts);

  const ReceiptBook& receipts_;
  LandedRows& landed_;
  const Clock& clock_;
  WorkerPool& pool_;

  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, LandedCounts> counted_;
  std::deque<std::string> counted_order_;
};

}  // namespace haul::server
