#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "haul/base/file_history.h"
#include "haul/contract/compatibility.h"
#include "platform.h"

namespace haul::app {

/// The contracts of a project as files, by the name that stands in them.
using ContractFiles = std::map<std::string, contract::Version>;

/// The earlier versions of a folder's files, by git.
std::unique_ptr<FileHistory> history_of(const Path& folder);

/// contracts/*.odcs.yaml of a project's folder; empty where there is no such folder. kInvalidInput: all
/// problems of the first file that has any.
Result<ContractFiles> read_contract_files(FileSystem& files, const Path& root);

/// The same at a revision; places print as "REVISION:contracts/legs.odcs.yaml:12:5". Errors also as
/// FileHistory's.
Result<ContractFiles> read_contract_files_at(FileHistory& history, std::string_view revision);

/// The contract that a user names: a file, NAME for a contract of the project, NAME@REVISION for an earlier
/// version of one. kNotFound with the nearest name.
Result<contract::Version> find_contract(Platform& platform, const Path& root, const std::string& wanted);

}  // namespace haul::app
