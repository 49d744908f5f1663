#pragma once

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/base/hash.h"

namespace haul::expression {

/// A fixed set of texts: open addressing, at most half full. Immutable once made.
class TextSet {
 public:
  explicit TextSet(std::vector<std::string> texts) : slots_(std::bit_ceil(texts.size() * 2 + 1)) {
    for (std::string& text : texts) {
      Slot& slot = slots_[slot_of(text)];
      slot.is_used = true;
      slot.text = std::move(text);
    }
  }

  [[nodiscard]] bool contains(std::string_view text) const { return slots_[slot_of(text)].is_used; }

 private:
  struct Slot {
    bool is_used = false;
    std::string text;
  };

  /// The slot that holds the text, or the one where it would be.
  [[nodiscard]] std::size_t slot_of(std::string_view text) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash64(text) & mask;
    while (slots_[at].is_used && slots_[at].text != text) at = (at + 1) & mask;
    return at;
  }

  std::vector<Slot> slots_;
};

}  // namespace haul::expression
