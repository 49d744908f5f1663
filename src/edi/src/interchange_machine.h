#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "envelope.h"
#include "haul/base/hash.h"
#include "haul/edi/interchange_reader.h"
#include "transaction.h"

namespace haul::edi {

/// The open interchange, group and transaction: takes segments one by one, gives rows, refusals and reports.
class InterchangeMachine {
 public:
  explicit InterchangeMachine(ReaderOptions options)
      : options_(std::move(options)), tags_(envelope_tags(options_.standard)) {}

  /// The header segment of an interchange (with its terminator), and what stood before it (UNA). Closes one
  /// that is open.
  void open_interchange(std::string_view advice, std::string_view segment, const Syntax& syntax);
  /// Any further segment, with its terminator.
  void take(std::string_view segment);
  /// Nothing more belongs to the interchange; trailers that did not come are missing.
  void close_all();
  /// Bytes outside of an interchange. Pieces that follow each other are one refusal.
  void take_garbage(std::string_view bytes);
  /// What came outside of transactions or interchanges so far is one refusal.
  void end_stray();

  [[nodiscard]] bool is_open() const { return report_.has_value(); }
  [[nodiscard]] const Syntax& syntax() const { return report_->syntax; }
  [[nodiscard]] ReaderOutput take_output();

 private:
  void open_group(std::string_view segment);
  void close_group(std::string_view trailer);
  void open_transaction(std::string_view segment);
  void close_transaction(bool has_trailer);
  void close_interchange(std::string_view trailer);
  void take_stray(std::string_view segment);
  GroupReport& group();

  std::vector<Problem> find_problems(TransactionReport& report, bool has_trailer);
  void check_trailer(const LevelTags& tags, std::uint64_t counted, std::string_view reference,
                     std::vector<Problem>& problems) const;
  /// Refuses for the first problem; the reason names all.
  void refuse(std::uint64_t segment, const std::vector<Problem>& problems, std::string_view text,
              std::uint64_t bytes);
  void refuse_envelope(const std::vector<Problem>& problems, std::string_view trailer);

  ReaderOptions options_;
  EnvelopeTags tags_;
  ReaderOutput output_;
  std::uint64_t number_ = 0;            // of the segment at hand
  std::uint64_t refused_envelope_ = 0;  // the segment that the last refusal of an envelope has
  Segment segment_;

  std::optional<InterchangeReport> report_;
  std::string interchange_text_;  // its header as received
  std::string group_text_;
  bool group_open_ = false;
  std::set<std::string, std::less<>> group_controls_;
  std::set<std::string, std::less<>> transaction_controls_;
  std::optional<Transaction> transaction_;
  std::optional<Refusal> stray_;  // segments outside of transactions, or bytes outside of interchanges
  Sha256 hash_;
};

}  // namespace haul::edi
