#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace haul {

/// An id that converts to nothing: not to another id, not to a number. Unwrap with raw() at the wire only.
template <class Tag>
class Id {
 public:
  explicit constexpr Id(std::uint64_t raw) : raw_(raw) {}
  [[nodiscard]] constexpr std::uint64_t raw() const { return raw_; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::uint64_t raw_;
};

/// A partition of a topic, dense from 0.
using PartitionId = Id<struct PartitionTag>;

/// The place of an event in its partition, dense from 0. `end` offsets are one past the last.
using Offset = Id<struct OffsetTag>;

}  // namespace haul

template <class Tag>
struct std::hash<haul::Id<Tag>> {
  std::size_t operator()(haul::Id<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.raw()); }
};
