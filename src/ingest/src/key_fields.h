#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/hash.h"

namespace haul::ingest {

/// The fields of one key, found one by one in any order, then hashed in the order of the key.
class KeyFields {
 public:
  explicit KeyFields(std::size_t count) : fields_(count), found_(count, 0) {}

  void restart() { std::fill(found_.begin(), found_.end(), 0); }
  /// False where the field is there already.
  bool set(std::size_t index, std::string_view text) {
    if (found_[index] != 0) return false;
    found_[index] = 1;
    fields_[index] = text;
    return true;
  }
  /// The hash of the whole key; of the empty key where a field is missing.
  [[nodiscard]] std::uint64_t hash() {
    bytes_.clear();
    if (std::find(found_.begin(), found_.end(), 0) != found_.end()) return hash64(bytes_);
    for (const std::string_view field : fields_) {
      const auto length = static_cast<std::uint32_t>(field.size());
      for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<char>(length >> shift));
      bytes_ += field;
    }
    return hash64(bytes_);
  }
  [[nodiscard]] static std::uint64_t hash_of_none() { return hash64({}); }

 private:
  std::vector<std::string_view> fields_;
  std::vector<std::uint8_t> found_;
  std::string bytes_;
};

}  // namespace haul::ingest
