#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/edi/syntax.h"

namespace haul::edi {

/// What can be wrong with the structure of an interchange. Each has a code in the 997 and in CONTRL
/// (acknowledgement.h).
enum class Fault : std::uint8_t {
  kTrailerMissing,     ///< SE, GE, IEA; UNT, UNE, UNZ.
  kReferenceMismatch,  ///< The control number of the trailer is not that of the header.
  kCountMismatch,      ///< The trailer counts other than what came.
  kNotSupported,       ///< Another transaction set or message than the source takes.
  kIdentifierMissing,  ///< No transaction set or message type.
  kReferenceMissing,   ///< No control number.
  kReferenceRepeated,  ///< A control number twice at one level.
  kUnexpectedSegment,  ///< Outside of where its kind may stand.
  kSegmentMissing,     ///< A mandatory segment.
  kElementMissing,     ///< A mandatory element.
  kInvalidDate,
  kInvalidTime,
  kInvalidNumber,
  kTooLong,  ///< More than the limits below.
};

/// One fault and its place.
struct Problem {
  Fault fault = Fault::kUnexpectedSegment;
  std::string tag;              ///< Of the segment in error.
  std::uint32_t position = 0;   ///< Of it in its transaction, the header being 1; 0 in the envelope.
  std::uint16_t element = 0;    ///< From 1; 0: the whole segment.
  std::uint16_t component = 0;  ///< From 1; 0: the whole element.
  std::string value = {};       ///< As received, unless there is none.
  std::string expected = {};    ///< What a count or a reference should have been.
};

/// "decode.x12.SE01": the rule that a problem breaks.
[[nodiscard]] std::string rule_of(Standard standard, const Problem& problem);
/// One sentence: "SE01 says 5 segments, there are 4".
[[nodiscard]] std::string reason_of(const Problem& problem);
/// Whether its transaction cannot be taken at all. Others are noted, and the rest of the transaction lands.
[[nodiscard]] bool rejects(const Problem& problem);

enum class Outcome : std::uint8_t { kAccepted, kAcceptedWithErrors, kRejected };

/// A transaction set (X12) or message (EDIFACT).
struct TransactionReport {
  std::string type;             ///< "214", "IFTSTA".
  std::string control;          ///< ST02, UNH's reference.
  std::string identifier = {};  ///< EDIFACT: the whole S009, "IFTSTA:D:96A:UN", as received.
  std::vector<Problem> problems = {};

  [[nodiscard]] Outcome outcome() const;
};

/// A functional group. EDIFACT mostly has none: then one without a header holds the messages.
struct GroupReport {
  bool has_header = false;
  std::vector<std::string> header;      ///< Elements of GS or UNG as received, GS01 first.
  std::optional<std::uint64_t> stated;  ///< Transactions, as its trailer says.
  std::vector<TransactionReport> transactions = {};
  std::vector<Problem> problems = {};

  [[nodiscard]] std::string_view element(std::size_t index) const;  ///< From 1; empty where there is none.
  [[nodiscard]] std::size_t accepted() const;
};

/// What an acknowledgement needs to know of an interchange that has ended.
struct InterchangeReport {
  Syntax syntax;
  bool has_una = false;             ///< EDIFACT: it declares its characters.
  std::vector<std::string> header;  ///< Elements of ISA or UNB as received, padding included.
  std::vector<GroupReport> groups = {};
  std::vector<Problem> problems = {};  ///< Of the interchange itself.
  std::string sha256 = {};             ///< Of its segments with their terminators, padding between left out.

  [[nodiscard]] std::string_view element(std::size_t index) const;  ///< From 1; empty where there is none.
  [[nodiscard]] std::string sender() const;
  [[nodiscard]] std::string receiver() const;
  [[nodiscard]] std::string control() const;  ///< ISA13 or UNB's reference.
};

}  // namespace haul::edi
