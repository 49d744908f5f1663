#pragma once

#include <string>
#include <utility>

#include "haul/base/result.h"

namespace haul::batch {

/// Collects what is wrong, so that one call tells all of it.
class Problems {
 public:
  void add(std::string line) { text_ += (text_.empty() ? "" : "\n") + std::move(line); }

  /// True where `result` failed; its message is a problem then.
  template <class T>
  bool add_if_failed(const Result<T>& result) {
    if (result) return false;
    add(result.error().message);
    return true;
  }

  [[nodiscard]] bool none() const { return text_.empty(); }

  /// kInvalidInput with every problem on a line of its own, or nothing.
  [[nodiscard]] Result<void> result() const {
    if (none()) return {};
    return fail(ErrorCode::kInvalidInput, text_);
  }

 private:
  std::string text_;
};

}  // namespace haul::batch
