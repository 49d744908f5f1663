#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connection.h"
#include "haul/base/result.h"

namespace haul::adapters::postgres {

/// A column, as pg_attribute and pg_type have it. Of a domain these are the facts of its base type.
struct CatalogColumn {
  std::string name;
  std::string written_type;  ///< "character varying(20)", "positive_weight" for a domain.
  std::string base_written;  ///< Of a domain its base type, else as written_type.
  std::string base_type;     ///< The base type's own name: "varchar", "int4", "_text".
  char base_kind = 'b';      ///< pg_type.typtype: b base, e enum, c composite, r range, m multirange.
  bool is_builtin = true;    ///< The base type is one of PostgreSQL itself.
  bool is_array = false;
  std::int32_t modifier = -1;  ///< typmod; -1: none.
  bool is_required = false;    ///< NOT NULL, its own or its domain's.
  std::string default_value = {};
  std::string generated = {};  ///< "GENERATED ALWAYS AS IDENTITY" and the like; empty: not.
  std::string comment = {};
  std::vector<std::string> labels = {};  ///< Of an enum, in their order.
};

/// A key or a unique index.
struct CatalogIndex {
  std::string name;
  std::string definition = {};
  bool is_primary = false;
  bool is_whole = true;  ///< No WHERE and no expression.
  bool nulls_are_equal = false;
  std::vector<std::string> columns = {};
};

/// CHECK, FOREIGN KEY, EXCLUDE; and the CHECK of a domain.
struct CatalogConstraint {
  std::string name;
  char kind = 'c';              ///< pg_constraint.contype: c, f, x.
  std::string definition = {};  ///< "CHECK ((weight > 0))"
  std::string expression = {};
  bool is_validated = true;
  std::vector<std::string> columns = {};
  std::string domain_column = {};     ///< Of a domain's CHECK: the column that VALUE stands for.
  std::string references_table = {};  ///< Of a foreign key, without its schema.
  std::vector<std::string> references_columns = {};
};

/// A table as its catalog has it.
struct CatalogTable {
  std::string oid;
  std::string schema;
  std::string name;
  char kind = 'r';  ///< pg_class.relkind: r, p (partitioned), f (foreign), v (view), m (materialized view).
  std::string comment = {};
  std::uint64_t rows_estimated = 0;
  std::vector<CatalogColumn> columns = {};
  std::vector<CatalogIndex> indexes = {};
  std::vector<CatalogConstraint> constraints = {};
};

/// Errors as open_postgres_table().
Result<CatalogTable> read_catalog(Connection& connection, const std::string& table);

}  // namespace haul::adapters::postgres
