#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/file_system.h"
#include "haul/eventlog/event_log.h"

namespace haul::eventlog::testing {

/// Records made of texts; owns what Records borrows.
class RecordTexts {
 public:
  RecordTexts(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts) add(text);
  }
  explicit RecordTexts(std::span<const std::string> texts) {
    for (const auto& text : texts) add(text);
  }

  void add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(static_cast<std::int32_t>(bytes_.size()));
  }
  [[nodiscard]] Records records() const { return {ends_, as_bytes(bytes_)}; }

 private:
  std::vector<std::int32_t> ends_{0};
  std::string bytes_;
};

/// Record `index` as text; borrows from the records.
[[nodiscard]] inline std::string_view text_of(const Records& records, std::size_t index) {
  const auto begin = static_cast<std::size_t>(records.ends[index]);
  const auto end = static_cast<std::size_t>(records.ends[index + 1]);
  return {reinterpret_cast<const char*>(records.bytes.data() + begin), end - begin};
}

/// All records from `from` to the end, as texts, by as many reads of `bytes_max` as it takes.
[[nodiscard]] inline Result<std::vector<std::string>> texts_from(const EventLog& log, std::string_view topic,
                                                                 PartitionId partition, Offset from,
                                                                 std::uint64_t bytes_max = 1 << 20) {
  std::vector<std::string> texts;
  while (true) {
    HAUL_TRY(batches, log.read(topic, partition, from, bytes_max));
    if (batches.empty()) return texts;
    for (const auto& batch : batches) {
      for (std::size_t i = 0; i < batch.records.size(); ++i) {
        if (batch.first.raw() + i >= from.raw()) texts.emplace_back(text_of(batch.records, i));
      }
    }
    from = batches.back().end();
  }
}

}  // namespace haul::eventlog::testing
