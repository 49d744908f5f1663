#pragma once

#include <string>

#include "command.h"
#include "haul/base/file_system.h"
#include "haul/base/result.h"
#include "haul/contract/contract.h"
#include "haul/contract/draft.h"
#include "haul/expression/sql_parser.h"
#include "haul/ingest/row_splitter.h"
#include "platform.h"

namespace haul::app {

/// A drafted contract and what was read of it.
struct Draft {
  std::string yaml;
  contract::Contract contract;
};

/// Drafts and reads it back. kInvalidInput: a column has a name that no table can have.
Result<Draft> make_draft(const contract::Evidence& evidence, const std::string& name,
                         const std::string& output);

/// Reads the rows by the draft and says on stderr how many break it, with the first reason.
Result<void> tell_refused(ingest::RowSplitter& rows, const Draft& draft, const expression::SqlParser& parser);

/// Writes it into the new file `output`, or where that is empty on stdout. kConflict: the file is there; a
/// contract may have been filled in.
Result<void> write_draft(FileSystem& files, const Draft& draft, const std::string& output);

/// `haul contract import --postgres`: the draft of a table.
Result<Exit> import_table(Platform& platform, const Path& project, const ContractImportArguments& arguments);

}  // namespace haul::app
