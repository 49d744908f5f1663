#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <optional>

#include "haul/base/file_system.h"

namespace haul::columnar {

/// Arrow's output stream over a ByteSink of ours; keeps the sink's own error, which Arrow's status would
/// flatten.
class SinkStream final : public arrow::io::OutputStream {
 public:
  explicit SinkStream(ByteSink& sink) : sink_(sink) {}

  arrow::Status Close() override;
  arrow::Status Abort() override;
  [[nodiscard]] bool closed() const override { return closed_; }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Write(const void* data, std::int64_t bytes) override;
  using arrow::io::OutputStream::Write;

  /// What the sink said when it failed, if it did.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  ByteSink& sink_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::optional<Error> error_;
};

}  // namespace haul::columnar
