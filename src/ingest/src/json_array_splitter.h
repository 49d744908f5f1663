#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "byte_stream.h"
#include "haul/ingest/row_splitter.h"
#include "record_collector.h"

namespace haul::ingest {

/// Cuts a JSON array into its elements without decoding them: [{...}, {...}] gives two rows. One object alone
/// is an array of one. A row's line is its number in the array, from 1. Brackets and strings are followed,
/// nothing else: what is wrong inside an element is for the decoder to say. Any depth; memory as for lines.
class JsonArraySplitter final : public RowSplitter {
 public:
  JsonArraySplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format, SplitOptions options);

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return row_format_; }
  /// kInvalidInput, behind the rows before it: text between or behind the elements, an array that is not
  /// closed.
  Result<SplitRows> next() override;

 private:
  enum class State : std::uint8_t {
    kStart,          ///< Before the opening bracket.
    kFirst,          ///< Behind it: an element or the closing bracket.
    kBeforeElement,  ///< Behind a comma: an element.
    kScalar,         ///< Inside a number or a word.
    kNested,         ///< Inside an object or an array.
    kString,         ///< Inside a string of an element.
    kAfterElement,   ///< A comma or the closing bracket.
    kEnd,            ///< Behind the array: blanks.
  };

  /// Reads on until an element ends or `text` does; gives the bytes used.
  std::size_t walk(std::string_view text, SplitRows& rows);
  std::size_t walk_element(std::string_view text, SplitRows& rows);
  std::size_t walk_between(std::string_view text);
  void begin_element(char c);
  void end_element(std::string_view piece, SplitRows& rows);
  void refuse(std::string why);

  std::unique_ptr<ByteStream> stream_;
  std::string header_;  ///< JSON has none.
  FormatOptions row_format_;
  SplitOptions options_;
  RecordCollector record_;
  State state_ = State::kStart;
  bool is_alone_ = false;     ///< One object instead of an array.
  bool is_escaped_ = false;   ///< The last byte of the string so far is a backslash that escapes the next.
  std::uint64_t depth_ = 0;   ///< Open brackets of the element.
  std::uint64_t number_ = 0;  ///< Of the element, from 1.
  std::string refused_;
  std::string chunk_;
};

}  // namespace haul::ingest
