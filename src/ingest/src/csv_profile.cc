#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "csv_decoder.h"
#include "csv_record.h"
#include "haul/base/json.h"
#include "haul/ingest/profile.h"
#include "haul/ingest/row_splitter.h"
#include "value_profile.h"

namespace haul::ingest {
namespace {

/// Words that files write for a value that is not there.
constexpr std::array<std::string_view, 10> kNullWords{"NA",   "N/A", "n/a", "NULL", "null",
                                                      "None", "nan", "NaN", "\\N",  "-"};

/// One column of the file: its values, and apart from them the words that may mean null.
struct CsvColumn {
  ValueProfile values;
  std::array<std::uint64_t, kNullWords.size()> words{};
};

class CsvProfiler {
 public:
  CsvProfiler(const CsvOptions& options, std::size_t columns)
      : options_(options), record_(options.delimiter, options.quote), columns_(columns) {}

  void add(const RawRows& raw) {
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto begin = static_cast<std::size_t>(raw.ends[row]);
      const auto end = static_cast<std::size_t>(raw.ends[row + 1]);
      add_row({reinterpret_cast<const char*>(raw.bytes.data()) + begin, end - begin});
    }
  }
  void skip(std::uint64_t rows) { unreadable_ += rows; }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }

  /// The word that stands for null most often in columns that are no text without it; empty: none does.
  [[nodiscard]] std::string null_text() const {
    std::array<std::uint64_t, kNullWords.size()> sightings{};
    for (const CsvColumn& column : columns_) {
      for (std::size_t word = 0; column.values.is_typed() && word < kNullWords.size(); ++word)
        sightings.at(word) += column.words.at(word);
    }
    const auto* const most = std::max_element(sightings.begin(), sightings.end());
    return *most == 0 ? "" : std::string(kNullWords.at(static_cast<std::size_t>(most - sightings.begin())));
  }

  std::vector<contract::ColumnEvidence> finish(const std::vector<std::string>& names,
                                               std::string_view null_text) {
    std::vector<contract::ColumnEvidence> evidence;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      CsvColumn& column = columns_[index];
      for (std::size_t word = 0; word < kNullWords.size(); ++word) {
        if (column.words.at(word) == 0) continue;
        if (kNullWords.at(word) == null_text) {
          column.values.add_null(column.words.at(word));
        } else {
          column.values.add(kNullWords.at(word), column.words.at(word));
        }
      }
      evidence.push_back(column.values.finish(names[index]));
    }
    return evidence;
  }

 private:
  void add_row(std::string_view text) {
    if (!is_utf8(text) || record_.split(text) != nullptr || record_.fields().size() != columns_.size()) {
      ++unreadable_;
      return;
    }
    ++rows_;
    for (std::size_t index = 0; index < columns_.size(); ++index)
      add_field(columns_[index], record_.fields()[index]);
  }

  void add_field(CsvColumn& column, const CsvField& field) const {
    if (!field.quoted && (field.text.empty() || field.text == options_.null_text))
      return column.values.add_null();
    const auto* const word = std::find(kNullWords.begin(), kNullWords.end(), field.text);
    if (!field.quoted && word != kNullWords.end()) {
      ++column.words.at(static_cast<std::size_t>(word - kNullWords.begin()));
    } else {
      column.values.add(field.text);
    }
  }

  const CsvOptions& options_;
  CsvRecord record_;
  std::vector<CsvColumn> columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t unreadable_ = 0;
};

/// The delimiter that cuts the header into the most names; of equals, the first.
char delimiter_of(std::string_view header) {
  constexpr std::string_view kDelimiters = ",;\t|";
  char best = kDelimiters.front();
  std::size_t most = 1;
  for (const char delimiter : kDelimiters) {
    CsvRecord record(delimiter, CsvOptions().quote);
    if (record.split(header) != nullptr || record.fields().size() <= most) continue;
    most = record.fields().size();
    best = delimiter;
  }
  return best;
}

}  // namespace

Result<FileProfile> profile_csv(const ReadableFile& file, const std::string& shown_name,
                                const CsvGuess& guess) {
  FileProfile profile;
  profile.format.format = Format::kCsv;
  if (guess.delimiter) {
    profile.format.csv.delimiter = *guess.delimiter;
  } else {
    HAUL_TRY(first_look, RowSplitter::open(file, profile.format, {}));
    profile.format.csv.delimiter = delimiter_of(first_look->header());
  }
  profile.format.csv.null_text = guess.null_text.value_or("");
  HAUL_TRY(splitter, RowSplitter::open(file, profile.format, {}));
  HAUL_TRY(names, read_csv_header(profile.format.csv, splitter->header()));
  CsvProfiler profiler(profile.format.csv, names.size());
  for (bool last = false; !last;) {
    HAUL_TRY(rows, splitter->next());
    profiler.add(rows.view());
    profiler.skip(rows.too_long.size());
    last = rows.last;
  }
  const std::string null_text = guess.null_text.value_or(profiler.null_text());
  profile.evidence = {
      .origin = shown_name, .rows = profiler.rows(), .columns = profiler.finish(names, null_text)};
  profile.format.csv.null_text = null_text;
  profile.unreadable_rows = profiler.unreadable();
  return profile;
}

}  // namespace haul::ingest
