#pragma once

#include <haul_delta.h>
#include <simdjson.h>

#include <memory>
#include <string>

#include "haul/base/result.h"

namespace haul::adapters {

/// A reply of the shim, parsed. `ok` points into the parser that it owns.
class Reply {
 public:
  /// Takes the text over. The error that it holds comes back as one of ours, said to be about `subject`.
  static Result<Reply> take(char* text, const std::string& subject);

  [[nodiscard]] simdjson::dom::element ok() const { return ok_; }

 private:
  Reply() : parser_(std::make_unique<simdjson::dom::parser>()) {}
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element ok_;
};

struct CloseTable {
  void operator()(HaulDeltaTable* table) const { haul_delta_close(table); }
};
using TableHandle = std::unique_ptr<HaulDeltaTable, CloseTable>;

Result<TableHandle> open_table(const std::string& folder);

}  // namespace haul::adapters
