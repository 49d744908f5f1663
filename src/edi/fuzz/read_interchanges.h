#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/check.h"
#include "haul/edi/acknowledgement.h"
#include "haul/edi/event.h"
#include "haul/edi/interchange_reader.h"

namespace haul::edi {

/// What a file gives, in pieces of `piece` bytes: one line for each row, then one for each interchange.
inline std::string trace(const ReaderOptions& options, std::string_view file, std::size_t piece) {
  InterchangeReader reader(options);
  std::string lines;
  std::string ended;
  const auto add = [&](const ReaderOutput& output) {
    std::uint64_t last = 0;
    for (const Row& row : output.rows) {
      HAUL_CHECK(row.segment > last, "rows ascend");
      last = row.segment;
      lines += "row " + std::to_string(row.segment) + " " + row.bytes + "\n";
    }
    for (const InterchangeReport& report : output.ended)
      ended += "ended " + report.sha256 + acknowledge(report, {report.control()}, Micros{0}) + "\n";
  };
  while (!file.empty()) {
    add(reader.feed(file.substr(0, piece)));
    file.remove_prefix(std::min(piece, file.size()));
  }
  add(reader.finish());
  return lines + ended;
}

struct MessageFuzz {
  ReaderOptions options;
  EventReader events;  ///< Of every field.
};

inline std::vector<MessageFuzz> every_message(Standard standard) {
  std::vector<MessageFuzz> messages;
  for (const std::string_view type : message_types(standard)) {
    std::vector<std::string> names;
    for (const FieldInfo& field : fields_of(*find_message(standard, type))) names.emplace_back(field.name);
    messages.push_back({{standard, std::string(type), 64U << 10U},
                        *EventReader::make(*find_message(standard, type), names)});
  }
  return messages;
}

/// Reads a file whole and in pieces; then as every kind of message, and each row's every field.
inline void read_interchanges(Standard standard, std::string_view file) {
  static std::vector<MessageFuzz> messages = every_message(standard);  // a fuzz program has one standard
  const ReaderOptions all{standard, {}, 64U << 10U};
  HAUL_CHECK(trace(all, file, SIZE_MAX) == trace(all, file, 7), "how a file is cut does not matter");
  for (MessageFuzz& message : messages) {
    InterchangeReader reader(message.options);
    const ReaderOutput output = reader.feed(file);
    for (const Row& row : output.rows) {
      const auto event = message.events.read(row.bytes);
      HAUL_CHECK(event.has_value(), event ? row.bytes : event.error().message + ": " + row.bytes);
    }
    static_cast<void>(message.events.read(file).has_value());
  }
}

}  // namespace haul::edi
