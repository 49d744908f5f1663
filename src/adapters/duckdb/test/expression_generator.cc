#include "expression_generator.h"

#include <fmt/format.h>

namespace haul::adapters::duckdb {

std::string ExpressionGenerator::pick(const std::vector<std::string>& options) {
  return options[below(random_, options.size())];
}

std::string ExpressionGenerator::fill(const std::string& form, int depth) {
  std::string filled;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '%' || i + 1 == form.size()) {
      filled += form[i];
      continue;
    }
    switch (form[++i]) {
      case 'b':
        filled += make(Kind::kBoolean, depth - 1);
        break;
      case 'i':
        filled += make(Kind::kInteger, depth - 1);
        break;
      case 'f':
        filled += make(Kind::kFloat, depth - 1);
        break;
      case 'c':
        filled += make(Kind::kDecimal, depth - 1);
        break;
      case 's':
        filled += make(Kind::kText, depth - 1);
        break;
      case 'd':
        filled += make(Kind::kDate, depth - 1);
        break;
      case 't':
        filled += make(Kind::kTimestamp, depth - 1);
        break;
      case 'z':
        filled += make(Kind::kInstant, depth - 1);
        break;
      case 'v':
        filled += interval();
        break;
      default:
        filled += form[i];
    }
  }
  return filled;
}

std::string ExpressionGenerator::make(Kind kind, int depth) {
  if (depth <= 0 || below(random_, 8) == 0) return leaf(kind);
  if (below(random_, 7) == 0) return choice(kind, depth);
  switch (kind) {
    case Kind::kBoolean:
      return boolean(depth);
    case Kind::kInteger:
      return integer(depth);
    case Kind::kFloat:
      return floating(depth);
    case Kind::kDecimal:
      return decimal(depth);
    case Kind::kText:
      return text(depth);
    case Kind::kDate:
      return date(depth);
    default:
      return time(kind, depth);
  }
}

std::string ExpressionGenerator::leaf(Kind kind) {
  switch (kind) {
    case Kind::kBoolean:
      return pick({"b", "b", "b", "TRUE", "FALSE", "NULL::BOOLEAN"});
    case Kind::kInteger:
      return pick({"i8",
                   "i16",
                   "i32",
                   "i64",
                   "i8",
                   "i16",
                   "i32",
                   "i64",
                   "0",
                   "1",
                   "-1",
                   "2",
                   "7",
                   "-128",
                   "127",
                   "100000",
                   "-2147483648",
                   "9223372036854775807",
                   "NULL::INTEGER",
                   "NULL::BIGINT"});
    case Kind::kFloat:
      return pick({"f32", "f64", "f64", "f64", "0e0", "1.5e0", "-2.5e0", "1e300", "-1e-5", "'nan'::DOUBLE",
                   "'inf'::DOUBLE", "(-0e0)", "NULL::DOUBLE", "0.1::FLOAT"});
    case Kind::kDecimal:
      return pick(
          {"d92", "d184", "d380", "d92", "0.0", "1.5", "-2.50", "0.005", "99999.99", "NULL::DECIMAL(9,2)"});
    case Kind::kText:
      return pick({"s", "u", "s", "u", "''", "'a'", "'abc'", "' x '", "'%'", "'H\xc3\xa9'", "'12'",
                   "'2013-01-01'", "NULL::VARCHAR"});
    case Kind::kDate:
      return pick({"d", "d", "d", "DATE '2013-01-01'", "DATE '1969-12-31'", "DATE '0044-03-15 (BC)'",
                   "DATE '2020-02-29'", "NULL::DATE", "'infinity'::DATE"});
    case Kind::kTimestamp:
      return pick({"ts", "ts", "ts", "TIMESTAMP '2013-01-01 05:15:00'",
                   "TIMESTAMP '1969-12-31 23:59:59.999999'", "NULL::TIMESTAMP"});
    case Kind::kInstant:
      return pick({"tz", "tz", "tz", "TIMESTAMPTZ '2013-01-01 05:15:00+02'", "NULL::TIMESTAMPTZ"});
  }
  return "NULL";
}

std::string ExpressionGenerator::comparison(int depth) {
  const std::string sign =
      pick({"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"});
  const std::string form = pick({"%i @ %i", "%i @ %f", "%f @ %f", "%c @ %c", "%i @ %c", "%f @ %c", "%s @ %s",
                                 "%d @ %d", "%t @ %t", "%z @ %z", "%d @ %t", "%t @ %z", "%b @ %b",
                                 "f64 @ 1.5e0", "f32 @ 2.5", "i32 @ 100", "(%t - %t) @ %v", "bl @ bl"});
  std::string placed = form;
  placed.replace(placed.find('@'), 1, sign);
  return "(" + fill(placed, depth) + ")";
}

std::string ExpressionGenerator::text_test(int depth) {
  return fill(pick({"(%s LIKE 'a%%')",
                    "(%s LIKE '%%c')",
                    "(%s NOT LIKE '%%b%%')",
                    "(%s LIKE '_b%%')",
                    "(%s LIKE '%%1%%2%%')",
                    "(%s LIKE %s)",
                    "(%s ILIKE '%%A_c%%')",
                    "(%s NOT ILIKE %s)",
                    "(%s LIKE '100!%%' ESCAPE '!')",
                    "(%s ILIKE 'a!_C' ESCAPE '!')",
                    "regexp_matches(%s, 'b+')",
                    "regexp_matches(%s, '^[a-z0-9]+$', 'i')",
                    "regexp_matches(%s, '^[a-z]{2}[c0-9]$')",
                    "regexp_full_match(%s, '[A-Z]{1,3}|.*2')",
                    "(%s SIMILAR TO '[0-9]+')",
                    "starts_with(%s, %s)",
                    "ends_with(%s, %s)",
                    "contains(%s, %s)",
                    "prefix(%s, 'a')",
                    "suffix(%s, 'c')"}),
              depth);
}

std::string ExpressionGenerator::boolean(int depth) {
  switch (below(random_, 8)) {
    case 0:
    case 1:
      return comparison(depth);
    case 2:
      return text_test(depth);
    case 3:
      return fill(pick({"(%b AND %b)", "(%b OR %b)", "(NOT %b)", "(%b AND (%b OR %b))", "(%b AND %b AND %b)",
                        "(%b IS TRUE)", "(%b IS NOT FALSE)", "(%b <> %b)"}),
                  depth);
    case 4:
      return fill(pick({"(%i BETWEEN %i AND %i)", "(%f NOT BETWEEN %f AND %f)", "(%s BETWEEN %s AND 'b')",
                        "(%d BETWEEN %d AND %d)", "(%t BETWEEN %t AND %t)", "(%c BETWEEN %c AND %c)"}),
                  depth);
    case 5:
      return fill(pick({"(%i IN (1, 2, %i))", "(%s IN ('a', 'abc', NULL))", "(%f NOT IN (1.5e0, %f))",
                        "(%i NOT IN (7, 100))", "(%d IN (%d, DATE '2013-01-01'))", "(%s IN (%s, %s, ''))",
                        "(%s IN ('a', 'abc', '', 'B'))", "(%s NOT IN ('abc', 'a b'))", "(%c IN (1.5, %c))"}),
                  depth);
    case 6:
      return fill(pick({"(%i IS NULL)", "(%f IS NOT NULL)", "(%s IS NULL)", "(%t IS NULL)", "isnan(%f)",
                        "isinf(%f)", "isfinite(%f)"}),
                  depth);
    default:
      return fill(pick({"CAST(%i AS BOOLEAN)", "CAST(%f AS BOOLEAN)", "TRY_CAST(%s AS BOOLEAN)",
                        "CAST(%s AS BOOLEAN)", "CAST(%c AS BOOLEAN)"}),
                  depth);
  }
}

std::string ExpressionGenerator::integer(int depth) {
  switch (below(random_, 6)) {
    case 0:
    case 1:
      return fill(pick({"(%i + %i)", "(%i - %i)", "(%i * %i)", "(%i // %i)", "(%i %% %i)", "(-%i)",
                        "(%i + 1)", "(i32 * 3)", "(%d - %d)", "(+%i)"}),
                  depth);
    case 2:
      return fill(pick({"abs(%i)", "sign(%f)", "sign(%i)", "round(%i)", "length(%s)", "strlen(%s)",
                        "position(%s IN %s)", "instr(%s, 'b')"}),
                  depth);
    case 3: {
      const std::string part = pick({"year", "month", "day", "hour", "minute", "second", "milliseconds",
                                     "microseconds", "quarter", "week", "dow", "isodow", "doy", "decade",
                                     "century", "millennium", "isoyear", "yearweek", "era"});
      return fill(fmt::format(fmt::runtime(pick({"date_part('{}', %t)", "extract({} FROM %d)",
                                                 "extract({} FROM %z)", "extract({} FROM %t)"})),
                              part),
                  depth);
    }
    case 4:
      return fill(pick({"year(%d)", "month(%t)", "dayofweek(%z)", "hour(%t)", "epoch_us(%t)", "epoch_ms(%t)",
                        "epoch_ms(%z)", "weekofyear(%d)"}),
                  depth);
    default:
      return fill(
          pick({"CAST(%f AS INTEGER)", "CAST(%i AS TINYINT)", "CAST(%i AS SMALLINT)", "CAST(%s AS INTEGER)",
                "TRY_CAST(%s AS BIGINT)", "TRY_CAST(%s AS TINYINT)", "CAST(%c AS INTEGER)", "%b::INTEGER",
                "TRY_CAST(%f AS BIGINT)", "CAST(%f AS TINYINT)", "%c::BIGINT", "TRY_CAST(%s AS SMALLINT)"}),
          depth);
  }
}

std::string ExpressionGenerator::floating(int depth) {
  switch (below(random_, 4)) {
    case 0:
      return fill(
          pick({"(%f + %f)", "(%f - %f)", "(%f * %f)", "(%f / %f)", "(%i / %i)", "(%c / %c)", "(%f %% %f)",
                "(%f // %f)", "(-%f)", "(%f * 2)", "(f32 + f32)", "(f32 / f32)", "(f32 %% f32)"}),
          depth);
    case 1:
      return fill(pick({"sqrt(%f)", "ln(%f)", "log(%f)", "log2(%f)", "log10(%f)", "exp(%f)", "pow(%f, %f)",
                        "(%f ^ 2)", "cbrt(%f)", "log(2, %f)"}),
                  depth);
    case 2:
      return fill(
          pick({"abs(%f)", "floor(%f)", "ceil(%f)", "trunc(%f)", "round(%f)", "round(%f, 2)", "round(f32, 1)",
                "round(%f, -1)", "round(%f, i8)", "sin(%f)", "cos(%f)", "atan2(%f, %f)", "radians(%f)",
                "degrees(%f)", "asin(%f)", "epoch(%t)", "epoch(%d)", "epoch(%z)"}),
          depth);
    default:
      return fill(
          pick({"CAST(%i AS DOUBLE)", "CAST(%s AS DOUBLE)", "TRY_CAST(%s AS DOUBLE)", "CAST(%c AS DOUBLE)",
                "CAST(%f AS FLOAT)", "TRY_CAST(%s AS FLOAT)", "%c::FLOAT", "%i::FLOAT", "%b::DOUBLE"}),
          depth);
  }
}

std::string ExpressionGenerator::decimal(int depth) {
  return fill(pick({"(%c + %c)", "(%c - %c)", "(d92 * d92)", "(%c * 1.5)", "(-%c)", "abs(%c)", "floor(%c)",
                    "ceil(%c)", "round(%c)", "round(%c, 1)", "trunc(%c)", "CAST(%i AS DECIMAL(12,3))",
                    "CAST(%f AS DECIMAL(18,3))", "TRY_CAST(%f AS DECIMAL(5,1))", "CAST(%c AS DECIMAL(9,1))",
                    "%c::DECIMAL(38,4)", "(%i * 1.25)", "(%c + %i)", "TRY_CAST(%c AS DECIMAL(4,0))"}),
              depth);
}

std::string ExpressionGenerator::text(int depth) {
  switch (below(random_, 4)) {
    case 0:
      return fill(
          pick({"(%s || %s)", "concat(%s, %s)", "concat(%s, %i, %b)", "upper(%s)", "lower(%s)", "trim(%s)",
                "ltrim(%s)", "rtrim(%s)", "trim(%s, 'a1 ')", "ltrim(%s, %s)", "rtrim(%s, 'c2')"}),
          depth);
    case 1:
      return fill(pick({"substring(%s, %i)", "substring(%s, %i, %i)", "substring(%s, 2, 3)",
                        "substring(%s, -2, 2)", "substring(%s, 0, 2)", "left(%s, %i)", "right(%s, %i)",
                        "left(%s, 2)", "right(%s, -1)", "replace(%s, 'a', 'bb')", "replace(%s, %s, %s)"}),
                  depth);
    default:
      return fill(
          pick({"CAST(%i AS VARCHAR)", "CAST(%f AS VARCHAR)", "CAST(f32 AS VARCHAR)", "CAST(%b AS VARCHAR)",
                "CAST(%d AS VARCHAR)", "CAST(%t AS VARCHAR)", "CAST(%z AS VARCHAR)", "CAST(%c AS VARCHAR)"}),
          depth);
  }
}

std::string ExpressionGenerator::interval() {
  return pick({"INTERVAL 5 MINUTE", "INTERVAL 1 MONTH", "INTERVAL '1 day 2 hours'", "INTERVAL '-3' DAY",
               "INTERVAL 13 MONTH", "INTERVAL 1 YEAR", "INTERVAL 90 SECOND", "(i32 * INTERVAL 1 MINUTE)",
               "(INTERVAL 1 DAY * i8)", "(ts - TIMESTAMP '2013-01-01')", "INTERVAL 2 WEEK",
               "(INTERVAL 1 HOUR + INTERVAL 1 MONTH)", "(-INTERVAL 7 HOUR)", "INTERVAL 1500 MILLISECOND",
               "INTERVAL (i16) DAYS", "(tz - TIMESTAMPTZ '2013-01-01 00:00:00+00')"});
}

std::string ExpressionGenerator::date(int depth) {
  return fill(pick({"(%d + i8)", "(%d - i16)", "(%d + i32)", "CAST(%t AS DATE)", "CAST(%z AS DATE)",
                    "CAST(%s AS DATE)", "TRY_CAST(%s AS DATE)", "last_day(%d)",
                    "time_bucket(INTERVAL 7 DAY, %d)", "time_bucket(INTERVAL 3 MONTH, %d)"}),
              depth);
}

std::string ExpressionGenerator::time(Kind kind, int depth) {
  const std::string unit = pick({"hour", "minute", "second", "day", "week", "month", "quarter", "year",
                                 "decade", "century", "millisecond", "isoyear", "microseconds"});
  if (kind == Kind::kTimestamp) {
    return fill(pick({"(%t + %v)", "(%t - %v)", "(%d + %v)", "(%d - %v)", "date_trunc('" + unit + "', %t)",
                      "date_trunc('" + unit + "', %d)", "time_bucket(INTERVAL 15 MINUTE, %t)",
                      "time_bucket(INTERVAL 1 MONTH, %t)", "CAST(%d AS TIMESTAMP)", "CAST(%s AS TIMESTAMP)",
                      "TRY_CAST(%s AS TIMESTAMP)", "CAST(%z AS TIMESTAMP)"}),
                depth);
  }
  return fill(
      pick({"(%z + %v)", "(%z - %v)", "date_trunc('" + unit + "', %z)", "time_bucket(INTERVAL 1 HOUR, %z)",
            "time_bucket(INTERVAL 2 DAY, %z)", "CAST(%t AS TIMESTAMPTZ)", "CAST(%d AS TIMESTAMPTZ)"}),
      depth);
}

std::string ExpressionGenerator::choice(Kind kind, int depth) {
  const std::string value = std::string("%") + "bifcsdtz"[static_cast<int>(kind)];
  std::string form =
      pick({"CASE WHEN %b THEN @ ELSE @ END", "CASE WHEN %b THEN @ WHEN %b THEN @ END", "coalesce(@, @)",
            "coalesce(@, @, @)", "nullif(@, @)", "if(%b, @, @)", "ifnull(@, @)", "greatest(@, @)",
            "least(@, @, @)", "TRY(@)", "CASE @ WHEN @ THEN @ ELSE @ END"});
  for (std::size_t at = form.find('@'); at != std::string::npos; at = form.find('@', at))
    form.replace(at, 1, value);
  return "(" + fill(form, depth) + ")";
}

}  // namespace haul::adapters::duckdb
