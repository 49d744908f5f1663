#include "haul/edi/message.h"

#include <algorithm>
#include <array>

namespace haul::edi {
namespace {

using Need = Requirement::Need;

constexpr std::array<std::string_view, 4> kAt7Members = {"MS1", "MS2", "K1", "M7"};

constexpr std::array<Requirement, 4> k214 = {
    {{Need::kSegment, "B10"}, {Need::kElement, "B10", 3}, {Need::kDate, "AT7", 5}, {Need::kTime, "AT7", 6}}};
constexpr std::array<Requirement, 7> k204 = {{{Need::kSegment, "B2"},
                                              {Need::kSegment, "B2A"},
                                              {Need::kElement, "B2A", 1},
                                              {Need::kElement, "S5", 1},
                                              {Need::kElement, "S5", 2},
                                              {Need::kDate, "G62", 2},
                                              {Need::kTime, "G62", 4}}};
constexpr std::array<Requirement, 5> k210 = {{{Need::kSegment, "B3"},
                                              {Need::kElement, "B3", 2},
                                              {Need::kDate, "B3", 6},
                                              {Need::kNumber, "B3", 7},
                                              {Need::kDate, "B3", 9}}};
constexpr std::array<Requirement, 3> k990 = {
    {{Need::kSegment, "B1"}, {Need::kElement, "B1", 2}, {Need::kDate, "B1", 3}}};
constexpr std::array<Requirement, 3> kIftsta = {
    {{Need::kSegment, "BGM"}, {Need::kElement, "DTM", 1, 1}, {Need::kDateTimePeriod, "DTM", 1, 2}}};

constexpr std::array<MessageSpec, 5> kMessages = {{
    {Standard::kX12, "214", {"LX", "AT7", kAt7Members, {}}, k214},
    {Standard::kX12, "204", {{}, "S5", {}, "L3"}, k204},
    {Standard::kX12, "210", {}, k210},
    {Standard::kX12, "990", {}, k990},
    {Standard::kEdifact, "IFTSTA", {"CNI", "STS", {}, {}}, kIftsta},
}};

}  // namespace

const MessageSpec* find_message(Standard standard, std::string_view type) {
  const auto* const found = std::find_if(kMessages.begin(), kMessages.end(), [&](const MessageSpec& message) {
    return message.standard == standard && message.type == type;
  });
  return found == kMessages.end() ? nullptr : found;
}

std::vector<std::string_view> message_types(Standard standard) {
  std::vector<std::string_view> types;
  for (const MessageSpec& message : kMessages) {
    if (message.standard == standard) types.push_back(message.type);
  }
  return types;
}

}  // namespace haul::edi
