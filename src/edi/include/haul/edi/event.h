#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/base/result.h"
#include "haul/edi/message.h"

namespace haul::edi {

/// A field of an event, as docs/edi.md lists them.
struct FieldInfo {
  std::string_view name;
  std::string_view type;    ///< text, number, decimal, time, JSON.
  std::string_view origin;  ///< "AT7-01", "MS1-05, MS1-07": where it is read.
};

/// The fields of a kind of transaction, each once, envelope first.
[[nodiscard]] std::vector<FieldInfo> fields_of(const MessageSpec& message);

/// The segments that none of the wanted fields was read from, as JSON: [["MAN","CP","123"], ...].
inline constexpr std::string_view kOtherSegments = "other_segments";

/// The character repertoire that an EDIFACT row declares ("UNOC"); empty for other rows.
[[nodiscard]] std::string_view repertoire_of(std::string_view row);

/// A field of one row.
struct FieldValue {
  enum class State : std::uint8_t { kAbsent, kPresent, kUnreadable };
  State state = State::kAbsent;
  std::string text = {};  ///< The value; of an unreadable one (a date of no calendar), what stands there.
};

/// Reads fields out of rows that InterchangeReader gave. One thread; reuse it.
class EventReader {
 public:
  /// kInvalidInput: the message has no field of some name; says which one is near.
  static Result<EventReader> make(const MessageSpec& message, const std::vector<std::string>& names);
  ~EventReader();
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;

  /// The values of the names given to make(), in their order, valid until the next call. kInvalidInput: the
  /// bytes are no row of the message.
  Result<const std::vector<FieldValue>*> read(std::string_view row);

 private:
  class Machine;
  explicit EventReader(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace haul::edi
