#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/ingest/decoder.h"

namespace haul::ingest {

/// Everything that was wrong with one raw row.
struct Rejection {
  std::uint32_t row = 0;
  std::vector<std::string> rules;
  std::string reason;                       ///< Of all rules, in their order, parted by semicolons.
  std::optional<std::string> decoded = {};  ///< JSON of the columns that could be decoded.
};

/// One entry per rejected row, ascending. Of one row, the decoder's findings come before the rules', and both
/// stay in the order given.
[[nodiscard]] std::vector<Rejection> merge_rejections(std::vector<RejectedRow> decoder,
                                                      std::vector<RejectedRow> rules);

}  // namespace haul::ingest
