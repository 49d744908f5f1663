#pragma once

#include <map>
#include <memory>
#include <string>

#include "receipt_api.h"
#include "upload.h"

namespace haul::server {

/// The answers to interchanges that came over HTTP: `GET /v1/receipts/{id}/acknowledgement`. Thread-safe. The
/// references must outlive it.
class AcknowledgementApi {
 public:
  AcknowledgementApi(const IngestContext& context, const ReceiptBook& receipts, WorkerPool& pool)
      : context_(context), receipts_(receipts), pool_(pool) {}

  [[nodiscard]] Route route();
  /// Whether an upload holds interchanges, so that answer() has something to do.
  [[nodiscard]] bool has_answers(const UploadSpec& spec) const;
  /// Answers the interchanges of a body whose receipt is complete, and says so: what receipt_response() takes
  /// as `more`. May be repeated. Waits for the disk. Errors as ingest::InterchangeLog.
  [[nodiscard]] Result<std::string> answer(const UploadSpec& spec, Body& body, const Receipt& receipt);

 private:
  [[nodiscard]] Response read(const Receipt& receipt) const;

  const IngestContext& context_;
  const ReceiptBook& receipts_;
  WorkerPool& pool_;
};

}  // namespace haul::server
