#pragma once

#include "change/changes.h"

namespace haul::contract {

/// `slaProperties`: what is promised, and until when.
void compare_service_levels(const Version& before, const Version& after, Changes& changes);

}  // namespace haul::contract
