#include "haul/query/render.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>

#include "haul/base/json.h"
#include "haul/base/units.h"
#include "haul/columnar/parquet_writer.h"
#include "haul/query/cell.h"

namespace haul::query {
namespace {

/// Characters of a UTF-8 text, one cell each: what a terminal shows of most texts.
std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first `count` characters, the last of them an ellipsis where the text is longer.
std::string cut(std::string_view text, std::size_t count) {
  if (character_count(text) <= count) return std::string(text);
  std::string out;
  for (std::size_t taken = 0; taken + 1 < count; ++taken) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out + "…";
}

class TableRenderer final : public Renderer {
 public:
  TableRenderer(ByteSink& sink, TableStyle style) : sink_(sink), style_(style) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override {
    for (const auto& field : schema->fields()) {
      columns_.push_back({field->name(),
                          {},
                          character_count(field->name()),
                          arrow::is_numeric(field->type()->id()) || arrow::is_decimal(field->type()->id())});
    }
    return {};
  }

  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    for (int at = 0; at < rows->num_columns(); ++at) {
      Column& column = columns_[static_cast<std::size_t>(at)];
      for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
        std::string text;
        if (rows->column(at)->IsNull(row)) {
          text = "NULL";
        } else {
          append_text(text, *rows->column(at), row);
        }
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
        column.width = std::max(column.width, character_count(text));
        column.cells.push_back(std::move(text));
      }
    }
    rows_ += static_cast<std::size_t>(rows->num_rows());
    return {};
  }

  Result<void> finish(const QuerySummary& summary) override {
    fit();
    std::string out;
    append_line(out, [](const Column& column) -> std::string_view { return column.name; });
    std::string rule;
    for (const Column& column : columns_) {
      for (std::size_t i = 0; i < column.width; ++i) rule += "─";
      rule += "  ";
    }
    while (rule.ends_with(' ')) rule.pop_back();
    out += rule + "\n";
    for (std::size_t row = 0; row < rows_; ++row) {
      append_line(out, [row](const Column& column) -> std::string_view { return column.cells[row]; });
    }
    if (style_.footer == TableStyle::Footer::kRowCount) {
      out += fmt::format("({} row{}{})\n", format_count(rows_), rows_ == 1 ? "" : "s",
                         summary.cut ? "; there are more: raise --limit" : "");
    }
    return sink_.append(as_bytes(out));
  }

 private:
  struct Column {
    std::string name;
    std::vector<std::string> cells;
    std::size_t width = 0;
    bool is_number = false;
  };

  /// Narrows the widest columns until a line fits.
  void fit() {
    constexpr std::size_t kNarrow = 12;
    const auto total = [this] {
      std::size_t width = 0;
      for (const Column& column : columns_) width += column.width + 2;
      return width;
    };
    while (total() > style_.width_max + 2) {
      const auto widest =
          std::max_element(columns_.begin(), columns_.end(),
                           [](const Column& a, const Column& b) { return a.width < b.width; });
      if (widest == columns_.end() || widest->width <= kNarrow) return;
      widest->width =
          std::max(kNarrow, widest->width - std::min(widest->width, total() - style_.width_max - 2));
    }
  }

  template <class TextOf>
  void append_line(std::string& out, TextOf text_of) const {
    std::string line;
    for (const Column& column : columns_) {
      const std::string text = cut(text_of(column), column.width);
      const std::string padding(column.width - std::min(column.width, character_count(text)), ' ');
      line += column.is_number ? padding + text : text + padding;
      line += "  ";
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }

  ByteSink& sink_;
  TableStyle style_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

class JsonRenderer final : public Renderer {
 public:
  explicit JsonRenderer(ByteSink& sink) : sink_(sink) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override {
    for (const auto& field : schema->fields()) names_.push_back(json_string(field->name()));
    return sink_.append(as_bytes("["));
  }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    std::string out;
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
      out += is_first_ ? "\n{" : ",\n{";
      is_first_ = false;
      for (int column = 0; column < rows->num_columns(); ++column) {
        if (column != 0) out += ", ";
        out += names_[static_cast<std::size_t>(column)];
        out += ": ";
        append_json(out, *rows->column(column), row);
      }
      out += '}';
    }
    return sink_.append(as_bytes(out));
  }
  Result<void> finish(const QuerySummary&) override {
    return sink_.append(as_bytes(is_first_ ? "]\n" : "\n]\n"));
  }

 private:
  ByteSink& sink_;
  std::vector<std::string> names_;
  bool is_first_ = true;
};

void append_csv_field(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class CsvRenderer final : public Renderer {
 public:
  explicit CsvRenderer(ByteSink& sink) : sink_(sink) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override {
    std::string out;
    for (const auto& field : schema->fields()) {
      if (!out.empty()) out += ',';
      append_csv_field(out, field->name());
    }
    return sink_.append(as_bytes(out + "\n"));
  }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    std::string out;
    std::string text;
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
      for (int column = 0; column < rows->num_columns(); ++column) {
        if (column != 0) out += ',';
        if (rows->column(column)->IsNull(row)) continue;
        text.clear();
        append_text(text, *rows->column(column), row);
        append_csv_field(out, text);
      }
      out += '\n';
    }
    return sink_.append(as_bytes(out));
  }
  Result<void> finish(const QuerySummary&) override { return {}; }

 private:
  ByteSink& sink_;
};

class ParquetRenderer final : public Renderer {
 public:
  explicit ParquetRenderer(ByteSink& sink) : sink_(sink) {}

  Result<void> begin(const std::shared_ptr<arrow::Schema>& schema) override {
    HAUL_TRY(columns, columnar::from_arrow(*schema));
    HAUL_TRY(writer, columnar::ParquetWriter::open(columns, sink_, {}));
    writer_ = std::move(writer);
    return {};
  }
  Result<void> batch(const std::shared_ptr<arrow::RecordBatch>& rows) override {
    return writer_->write(*rows);
  }
  Result<void> finish(const QuerySummary&) override {
    HAUL_TRY_VOID(writer_->finish());
    return {};
  }

 private:
  ByteSink& sink_;
  std::unique_ptr<columnar::ParquetWriter> writer_;
};

}  // namespace

std::unique_ptr<Renderer> make_table_renderer(ByteSink& sink, TableStyle style) {
  return std::make_unique<TableRenderer>(sink, style);
}
std::unique_ptr<Renderer> make_json_renderer(ByteSink& sink) { return std::make_unique<JsonRenderer>(sink); }
std::unique_ptr<Renderer> make_csv_renderer(ByteSink& sink) { return std::make_unique<CsvRenderer>(sink); }
std::unique_ptr<Renderer> make_parquet_renderer(ByteSink& sink) {
  return std::make_unique<ParquetRenderer>(sink);
}

Result<void> render(const arrow::Table& table, Renderer& renderer) {
  HAUL_TRY_VOID(renderer.begin(table.schema()));
  arrow::TableBatchReader reader(table);
  std::shared_ptr<arrow::RecordBatch> rows;
  while (true) {
    if (const arrow::Status status = reader.ReadNext(&rows); !status.ok()) {
      return fail(ErrorCode::kUnavailable, fmt::format("rendering: {}", status.ToString()));
    }
    if (rows == nullptr) break;
    HAUL_TRY_VOID(renderer.batch(rows));
  }
  return renderer.finish({static_cast<std::uint64_t>(table.num_rows()), false});
}

}  // namespace haul::query
