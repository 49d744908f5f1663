#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "blocked_rows.h"
#include "haul/base/clock.h"
#include "haul/base/file_system.h"
#include "haul/base/metrics.h"
#include "haul/base/rng.h"
#include "haul/eventlog/embedded_log.h"
#include "haul/expression/sql_parser.h"
#include "haul/ingest/http_client.h"
#include "haul/ingest/landing.h"
#include "haul/lake/table.h"
#include "haul/query/sql_engine.h"
#include "project.h"

namespace haul::app {

/// The adapters of this process, made once. The only place that names them.
class Platform {
 public:
  /// `state` is where queries spill to; made when first needed.
  explicit Platform(const Path& state);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  [[nodiscard]] FileSystem& files() { return *files_; }
  [[nodiscard]] const Clock& clock() const { return *clock_; }
  [[nodiscard]] Rng& rng() { return *rng_; }
  [[nodiscard]] MetricsRegistry& metrics() { return metrics_; }
  [[nodiscard]] query::SqlEngine& engine() { return *engine_; }
  [[nodiscard]] const expression::SqlParser& parser() { return *parser_; }
  [[nodiscard]] lake::TableLogs& tables() { return *tables_; }
  [[nodiscard]] ingest::HttpClient& http() { return *http_; }
  [[nodiscard]] lake::LakeContext lake() { return {*files_, *tables_, *clock_, *rng_}; }
  [[nodiscard]] ingest::LandingContext landing() { return {lake(), *parser_, *engine_, &blocked_rows_}; }
  /// What stopped a landing of this process.
  [[nodiscard]] BlockedRows& blocked_rows() { return blocked_rows_; }

  /// Opens the project's event log and takes its lock as "process N". Errors as
  /// eventlog::open_embedded_log().
  Result<eventlog::OpenedLog> open_log(const Project& project);
  /// The same, as `owner`: what others read who find it locked.
  Result<eventlog::OpenedLog> open_log(const Project& project, std::string_view owner);

 private:
  std::unique_ptr<FileSystem> files_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Rng> rng_;
  MetricsRegistry metrics_;
  std::unique_ptr<query::SqlEngine> engine_;
  std::unique_ptr<expression::SqlParser> parser_;
  std::unique_ptr<lake::TableLogs> tables_;
  std::unique_ptr<ingest::HttpClient> http_;
  BlockedRows blocked_rows_;
};

}  // namespace haul::app
