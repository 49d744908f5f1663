#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "haul/alert/notifier.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/ingest/source.h"
#include "haul/server/server_config.h"
#include "haul/stream/flow_config.h"

namespace haul::app {

/// A project folder, read. Paths are absolute or relative to the working directory, ready to use.
struct Project {
  Path root;
  std::string name;
  Path lake;
  Path state;
  Path log;
  std::vector<alert::NotifierSpec> notifiers;           ///< In the order of haul.yaml.
  server::ServerConfig server;
  std::map<std::string, contract::Contract> contracts;  ///< By contract name.
  std::map<std::string, ingest::Source> sources;        ///< By source name.
  std::map<std::string, stream::FlowConfig> flows;      ///< By flow name.

  /// The flow that reads a source, or null.
  [[nodiscard]] const stream::FlowConfig* flow_of(std::string_view source) const;
  /// kNotFound with the nearest name and the list of those there are.
  Result<const ingest::Source*> source(std::string_view name) const;
};

/// Everything that is wrong with the files of a project, each line with "file:line:column".
struct ProjectProblems {
  std::vector<Error> problems;
};

/// Reads haul.yaml, contracts/, sources/ and flows/ and checks them against each other; `problems` gets every
/// finding. What could be read is in the project. kNotFound: no haul.yaml there.
Result<Project> read_project(FileSystem& files, const Path& root, ProjectProblems& problems);

/// read_project() for commands that need a sound project. kInvalidInput: the first problem and how many there
/// are.
Result<Project> load_project(FileSystem& files, const Path& root);

/// haul.yaml alone: where tables, state and log are. For commands that only read; the defaults where there is
/// no haul.yaml, so that `haul sql 'select 1'` runs anywhere.
Result<Project> load_project_places(FileSystem& files, const Path& root);

}  // namespace haul::app
