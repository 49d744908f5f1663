#pragma once

#include <optional>
#include <string>
#include <vector>

#include "haul/lake/table_log.h"

namespace haul::adapters {

// Requests in the JSON of haul_delta.h.
[[nodiscard]] std::string create_request(const lake::TableSpec& spec, const std::string& commit_id);
[[nodiscard]] std::string snapshot_request(std::optional<lake::Version> version,
                                           std::optional<IngestTime> as_of);
[[nodiscard]] std::string offsets_request(const std::vector<std::string>& app_ids);
[[nodiscard]] std::string commit_request(const lake::CommitRequest& request);

}  // namespace haul::adapters
