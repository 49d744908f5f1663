#include "haul/alert/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "haul/base/file_system.h"
#include "haul/base/hash.h"

namespace haul::alert {
namespace {

constexpr std::array<std::string_view, 4> kSeverities{"info", "warning", "error", "critical"};
constexpr std::size_t kIdDigits = 32;

}  // namespace

std::string_view to_string(Severity severity) { return kSeverities.at(static_cast<std::size_t>(severity)); }

Result<Severity> parse_severity(std::string_view name) {
  const auto* const found = std::find(kSeverities.begin(), kSeverities.end(), name);
  if (found != kSeverities.end()) return static_cast<Severity>(found - kSeverities.begin());
  const std::string_view near = nearest(name, kSeverities);
  return fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is no severity; {}", name,
                          near.empty() ? std::string("write info, warning, error or critical")
                                       : fmt::format("did you mean {}?", near)));
}

std::string alert_id(const Alert& alert) {
  Sha256 hash;
  for (const std::string* part : {&alert.kind, &alert.subject, &alert.occasion}) {
    hash.update(as_bytes(fmt::format("{}:", part->size())));  // so that no two divisions give the same bytes
    hash.update(as_bytes(*part));
  }
  return hash.finish().substr(0, kIdDigits);
}

std::string_view to_string(State state) { return state == State::kRaised ? "raised" : "resolved"; }

}  // namespace haul::alert
