#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "haul/ingest/decoder.h"
#include "haul/ingest/row_splitter.h"
#include "haul/ingest/validator.h"
#include "haul/inspection/file_check.h"
#include "key_checks.h"
#include "parquet_file.h"
#include "quarantine_file.h"

namespace haul::inspection {

/// Broken rows by rule. Of decoder rules and keys also the count; row rules count in their validators.
struct Tally {
  std::uint64_t failed = 0;
  std::vector<BrokenRow> examples = {};
};

/// What one pass over the file found.
struct PassResult {
  std::uint64_t rows = 0;
  std::uint64_t refused = 0;  ///< Of them: by the splitter, and looked at by no decoder.
  std::uint64_t decoded = 0;
  std::uint64_t valid = 0;
  std::uint64_t unknown_fields = 0;
  std::map<std::string, Tally> tallies;
  std::map<std::string, ingest::RuleCount> row_rules;
};

/// What a pass reads and writes. All must outlive it.
struct PassSpec {
  const CheckContext& context;
  const FileCheck& check;
  const contract::Object& object;
  const ReadableFile& file;
  KeyChecks& keys;
  ParquetFile* good = nullptr;
  ParquetFile* quarantine = nullptr;
};

/// The file from its first row to its last: every rule of its rows, on all threads; keys in the order of the
/// file, and the outputs in that order behind them.
class Pass {
 public:
  /// kInvalidInput: the file has no header or not the contract's (header_problem() says so), or a rule cannot
  /// run.
  static Result<std::unique_ptr<Pass>> open(PassSpec spec);

  /// What is wrong with the header of the file; empty: nothing. run() is of no use then.
  [[nodiscard]] const std::string& header_problem() const { return header_problem_; }

  /// Call once. Errors as check_file().
  Result<PassResult> run();

 private:
  struct Batch;
  struct Worker {
    std::unique_ptr<ingest::Decoder> decoder;
    std::unique_ptr<ingest::Validator> validator;
  };

  explicit Pass(PassSpec spec) : spec_(spec) {}
  Result<void> prepare();
  Result<std::optional<Batch>> produce();
  Result<void> work(Worker& worker, Batch& batch) const;
  Result<void> judge(Batch& batch);
  Result<void> write(const Batch& batch);
  void tally(const Batch& batch);
  Result<void> check_keys(Batch& batch);
  Result<void> take_good(Batch& batch);
  void add_example(const std::string& rule, std::uint64_t line, const std::string& reason);

  PassSpec spec_;
  std::string header_problem_;
  std::unique_ptr<ingest::RowSplitter> splitter_;
  std::vector<Worker> workers_;
  Provenance provenance_;
  bool ended_ = false;
  std::uint64_t next_row_ = 0;
  PassResult result_;
  std::vector<KeyBreak> breaks_;          // of the batch being judged,
  std::vector<std::uint32_t> good_rows_;  // kept for their memory
};

}  // namespace haul::inspection
