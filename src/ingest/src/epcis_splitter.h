#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "byte_stream.h"
#include "haul/ingest/row_splitter.h"
#include "record_collector.h"

namespace haul::ingest {

/// Cuts EPCIS 2.0 JSON into events without holding a document: the elements of an eventList below epcisBody,
/// those of an array, objects alone (one a line, or spread over lines). A row's line is its number in the
/// file. Follows strings and brackets only; what is wrong inside an event is for the decoder to say. A
/// closing bracket ends everything up to the one it fits, and a line feed in a string ends the event, so
/// that one that is cut does not take its neighbours with it. Memory: a row, and one byte for each of the
/// first 65,536 open brackets.
class EpcisSplitter final : public RowSplitter {
 public:
  EpcisSplitter(std::unique_ptr<ByteStream> stream, const FormatOptions& format, SplitOptions options);

  [[nodiscard]] const std::string& header() const override { return header_; }
  [[nodiscard]] const FormatOptions& row_format() const override { return format_; }
  Result<SplitRows> next() override;

 private:
  enum class Record : std::uint8_t { kNone, kRoot, kEvent, kScalar };

  void walk(std::string_view text, SplitRows& rows);
  void walk_string(char c);
  void walk_plain(std::string_view text, std::size_t at, SplitRows& rows);
  void open(char bracket, std::size_t at);
  void close(char bracket, std::string_view text, std::size_t at, SplitRows& rows);
  void begin_record(Record kind, std::size_t at);
  void end_record(std::string_view text, std::size_t end, SplitRows& rows);
  void give_up(std::string_view text, std::size_t at, SplitRows& rows);
  void finish(SplitRows& rows);
  [[nodiscard]] bool opens_event_list() const;
  [[nodiscard]] bool is_in_list() const { return list_depth_ > 0 && depth() == list_depth_; }
  [[nodiscard]] std::size_t depth() const { return open_.size() + uncounted_; }

  static constexpr std::size_t kKeyDepthMax = 5;  // epcisBody.queryResults.resultsBody.eventList

  std::unique_ptr<ByteStream> stream_;
  std::string header_;
  FormatOptions format_;
  SplitOptions options_;
  std::string chunk_;
  RecordCollector collector_;
  std::size_t record_begin_ = 0;  // in the chunk
  Record record_ = Record::kNone;
  std::size_t record_base_ = 0;  // open brackets around it
  std::uint64_t number_ = 0;     // of the record at hand, from 1
  bool is_lead_ = true;          // nothing but a byte-order mark can have come

  std::vector<char> open_;      // brackets
  std::size_t uncounted_ = 0;   // beyond the first 65,536
  std::size_t list_depth_ = 0;  // of the eventList that is open; 0: none
  bool is_string_ = false;
  bool is_escaped_ = false;
  bool is_key_ = false;  // the string at hand may be a key
  bool is_behind_colon_ = false;
  std::array<std::string, kKeyDepthMax> keys_;  // the last string at each depth, cut
};

}  // namespace haul::ingest
