#pragma once

#include <duckdb.h>

#include <string_view>
#include <utility>

namespace haul::adapters::duckdb {

/// Owns one object of DuckDB's C library; `Destroy` takes its address and sets it to null.
template <class T, auto Destroy>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T value) : value_(value) {}
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (value_ != nullptr) Destroy(&value_);
  }

  [[nodiscard]] T get() const { return value_; }
  /// For functions that make the object. Only while empty.
  [[nodiscard]] T* out() { return &value_; }

 private:
  T value_ = nullptr;
};

using DatabaseHandle = Handle<duckdb_database, duckdb_close>;
using ConnectionHandle = Handle<duckdb_connection, duckdb_disconnect>;
using ConfigHandle = Handle<duckdb_config, duckdb_destroy_config>;
using StatementsHandle = Handle<duckdb_extracted_statements, duckdb_destroy_extracted>;
using PreparedHandle = Handle<duckdb_prepared_statement, duckdb_destroy_prepare>;
using PendingHandle = Handle<duckdb_pending_result, duckdb_destroy_pending>;
using ChunkHandle = Handle<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using TypeHandle = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;
using ArrowOptionsHandle = Handle<duckdb_arrow_options, duckdb_destroy_arrow_options>;
using ConvertedSchemaHandle = Handle<duckdb_arrow_converted_schema, duckdb_destroy_arrow_converted_schema>;
using ErrorHandle = Handle<duckdb_error_data, duckdb_destroy_error_data>;
using AppenderHandle = Handle<duckdb_appender, duckdb_appender_destroy>;

/// A result; empty until `out()` was filled.
class ResultHandle {
 public:
  ResultHandle() = default;
  ResultHandle(const ResultHandle&) = delete;
  ResultHandle& operator=(const ResultHandle&) = delete;
  ~ResultHandle() { duckdb_destroy_result(&result_); }

  [[nodiscard]] duckdb_result* out() { return &result_; }
  [[nodiscard]] duckdb_result get() const { return result_; }

  [[nodiscard]] std::string_view error() {
    const char* message = duckdb_result_error(&result_);
    return message == nullptr ? std::string_view{} : std::string_view{message};
  }

 private:
  duckdb_result result_{};
};

}  // namespace haul::adapters::duckdb
