#pragma once

#include <array>
#include <string_view>

#include "shape.h"

// What the tables of the standard are written with, and the shapes that several of them share.
namespace haul::contract {

using Words = std::span<const std::string_view>;
inline constexpr auto kMust = Need::kRequired;
inline constexpr auto kMay = Need::kOptional;

constexpr Field text(std::string_view key, Need need = kMay) { return {key, Form::kText, need}; }
constexpr Field of(std::string_view key, Form form, Need need = kMay) { return {key, form, need}; }
constexpr Field object(std::string_view key, const Shape* shape) { return {key, Form::kObject, kMay, shape}; }
constexpr Field list(std::string_view key, const Shape* shape) { return {key, Form::kObjects, kMay, shape}; }
constexpr Field word(std::string_view key, Words words, Need need = kMay, Words words_since_v32 = {}) {
  return {.key = key, .need = need, .words = words, .words_since_v32 = words_since_v32};
}
constexpr Field since_v32(Field field) {
  field.since = Edition::kV32;
  return field;
}

inline constexpr Field kId = of("id", Form::kId);
inline constexpr Field kTags = of("tags", Form::kTexts);

inline constexpr std::array kCustomPropertyFields{kId, text("property", kMust),
                                                  of("value", Form::kAny, kMust), text("description"),
                                                  since_v32(text("vendor"))};
inline constexpr Shape kCustomProperty{"a custom property", kCustomPropertyFields};
inline constexpr Field kCustomProperties = list("customProperties", &kCustomProperty);

inline constexpr std::array kDefinitionFields{kId, text("url", kMust), text("type", kMust),
                                              text("description")};
inline constexpr Shape kDefinition{"an authoritative definition", kDefinitionFields};
inline constexpr Field kDefinitions = list("authoritativeDefinitions", &kDefinition);

inline constexpr std::array kRoleFields{kId,
                                        text("role", kMust),
                                        text("description"),
                                        text("access"),
                                        text("firstLevelApprovers"),
                                        text("secondLevelApprovers"),
                                        kCustomProperties};
inline constexpr Shape kRole{"a role", kRoleFields};

}  // namespace haul::contract
