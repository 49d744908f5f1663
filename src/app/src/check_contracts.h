#pragma once

#include <set>
#include <string>
#include <vector>

#include "contract_files.h"
#include "contract_uses.h"
#include "findings.h"

namespace haul::app {

/// contracts/consumers/*.yaml of a project; what is wrong with a file is a finding.
[[nodiscard]] std::vector<contract::Consumer> read_consumers(FileSystem& files, const Path& root,
                                                             Findings& findings);

/// What `haul check` says about one contract beyond its own file.
struct ContractChecks {
  Platform& platform;
  const Project& project;
  const ContractFiles& contracts;
  const std::vector<contract::Consumer>& consumers;
  Findings& findings;
};

/// Every consumer against its contract as it is now, those of the contracts in `apart` left out.
void check_consumers(const ContractChecks& checks, const std::set<std::string>& apart = {});

/// Contracts, and columns of them, that are past their end of life (an error) or near it, or past their end
/// of support (warnings), with who uses them.
void check_end_dates(const ContractChecks& checks);

/// Every contract, and its consumers, against `revision` of git: all changes with who uses what changed, an
/// error where the version grew too little, a warning for what a sufficient version breaks. Errors as
/// FileHistory's, and of contracts at the revision that cannot be read. Gives the contracts whose
/// consumers it looked at.
Result<std::set<std::string>> check_against(const ContractChecks& checks, const std::string& revision);

}  // namespace haul::app
