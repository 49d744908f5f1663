#include "haul/ingest/rejections.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace haul::ingest {

std::vector<Rejection> merge_rejections(std::vector<RejectedRow> decoder, std::vector<RejectedRow> rules) {
  std::vector<RejectedRow> all = std::move(decoder);
  all.insert(all.end(), std::make_move_iterator(rules.begin()), std::make_move_iterator(rules.end()));
  std::stable_sort(all.begin(), all.end(),
                   [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
  std::vector<Rejection> merged;
  for (RejectedRow& one : all) {
    if (merged.empty() || merged.back().row != one.row) {
      merged.push_back({one.row, {}, {}});
    } else {
      merged.back().reason += "; ";
    }
    merged.back().rules.push_back(std::move(one.rule));
    merged.back().reason += one.reason;
  }
  return merged;
}

}  // namespace haul::ingest
