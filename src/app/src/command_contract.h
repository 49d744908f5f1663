#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "command.h"

namespace haul::app {

struct ContractTestArguments {
  std::string contract;  ///< A contract of the project, or a path.
  std::string data;
  std::vector<std::string> references = {};  ///< DATASET=FILE.
  std::string good = {};                     ///< Files to write; empty: not.
  std::string quarantine = {};
  std::string junit = {};
  std::string json = {};
  std::string html = {};
  std::string memory = "512MB";
  std::size_t threads = 2;
  std::string delimiter = {};  ///< Of CSV; these three are empty where the command line says nothing.
  std::string null_text = {};
  std::string encoding = {};
};
Result<Exit> command_contract_test(const CommandContext& context, const ContractTestArguments& arguments);

}  // namespace haul::app
