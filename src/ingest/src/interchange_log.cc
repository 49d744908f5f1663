#include "haul/ingest/interchange_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "byte_stream.h"
#include "edi_splitter.h"
#include "haul/base/json.h"
#include "haul/edi/acknowledgement.h"

namespace haul::ingest {
namespace {

constexpr std::size_t kChunkBytes = 1U << 20U;
constexpr std::size_t kHashDigits = 12;

/// A name that a sender cannot lead out of the folder with.
std::string file_name_part(std::string_view text) {
  std::string part;
  for (const char c : text.substr(0, 40)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    part += plain ? c : '_';
  }
  return part.empty() ? "none" : part;
}

class Accountant {
 public:
  Accountant(const InterchangeFile& interchanges, FileSystem& files, const Clock& clock,
             eventlog::EventLog& log)
      : interchanges_(interchanges), files_(files), clock_(clock), log_(log) {}

  Result<std::vector<InterchangeOutcome>> run() {
    HAUL_TRY_VOID(
        log_.create_topic({std::string(kInterchangesTopic), 1, {std::chrono::days{36'500}, UINT64_MAX}}));
    HAUL_TRY(file, files_.open_for_read(interchanges_.path));
    HAUL_TRY(stream, open_byte_stream(*file, {}));
    edi::InterchangeReader reader(reader_options(interchanges_.format, edi::ReaderOptions{}.row_bytes_max));
    std::string chunk(kChunkBytes, '\0');
    while (!stream->at_end()) {
      HAUL_TRY(bytes, stream->read(std::as_writable_bytes(std::span(chunk))));
      HAUL_TRY_VOID(take(reader.feed(std::string_view(chunk).substr(0, bytes)).ended));
    }
    HAUL_TRY_VOID(take(reader.finish().ended));
    return std::move(outcomes_);
  }

 private:
  Result<void> take(const std::vector<edi::InterchangeReport>& ended) {
    for (const edi::InterchangeReport& report : ended) {
      InterchangeOutcome outcome{report.sender(), report.control()};
      for (const edi::GroupReport& group : report.groups) {
        outcome.accepted += group.accepted();
        outcome.rejected += group.transactions.size() - group.accepted();
      }
      HAUL_TRY(reused, remember(report));
      outcome.is_reused = reused;
      if (interchanges_.acknowledge_dir) {
        HAUL_TRY(path, answer(report));
        outcome.acknowledgement = path;
      }
      outcomes_.push_back(std::move(outcome));
    }
    return {};
  }

  /// True where the control number stands for other content already. The first content is remembered, as the
  /// position of a producer of its own: 60 bits of its SHA-256.
  Result<bool> remember(const edi::InterchangeReport& report) {
    const std::string producer = fmt::format("{}/{}/{}/{}", interchanges_.source, report.sender(),
                                             report.receiver(), report.control());
    const std::uint64_t content = std::stoull(report.sha256.substr(0, 15), nullptr, 16);
    HAUL_TRY(known, log_.last_position(kInterchangesTopic, PartitionId{0}, producer));
    if (known) return *known != content;
    const std::string record =
        fmt::format("{{\"source\":{},\"sender\":{},\"control\":{},\"sha256\":\"{}\",\"file\":{}}}",
                    json_string(interchanges_.source), json_string(report.sender()),
                    json_string(report.control()), report.sha256, json_string(interchanges_.shown_name));
    const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(record.size())};
    const eventlog::AppendRequest request{.partition = PartitionId{0},
                                          .producer = producer,
                                          .first_position = content,
                                          .last_position = content,
                                          .attributes = {},
                                          .records = {ends, as_bytes(record)}};
    HAUL_TRY_VOID(log_.append(kInterchangesTopic, std::span(&request, 1)));
    return false;
  }

  /// Writes the answer unless it is there; its path, or nothing where the interchange wants none.
  Result<std::string> answer(const edi::InterchangeReport& report) {
    const std::string text = edi::acknowledge(report, {report.control()}, clock_.now().time_since_epoch());
    if (text.empty()) return std::string();
    const bool is_x12 = report.syntax.standard == edi::Standard::kX12;
    const Path path =
        *interchanges_.acknowledge_dir /
        fmt::format("{}-{}-{}.{}", file_name_part(report.sender()), file_name_part(report.control()),
                    report.sha256.substr(0, kHashDigits), is_x12 ? "997" : "contrl");
    const auto there = files_.info(path);
    if (!there && there.error().code != ErrorCode::kNotFound) return fail(there.error());
    if (!there) {
      HAUL_TRY_VOID(files_.create_directories(*interchanges_.acknowledge_dir));
      HAUL_TRY_VOID(write_file_atomically(files_, path, text));
    }
    return path.string();
  }

  const InterchangeFile& interchanges_;
  FileSystem& files_;
  const Clock& clock_;
  eventlog::EventLog& log_;
  std::vector<InterchangeOutcome> outcomes_;
};

}  // namespace

Result<std::vector<InterchangeOutcome>> account_for_interchanges(const InterchangeFile& interchanges,
                                                                 FileSystem& files, const Clock& clock,
                                                                 eventlog::EventLog& log) {
  auto outcomes = Accountant(interchanges, files, clock, log).run();
  if (!outcomes) return fail(with_context(std::move(outcomes).error(), interchanges.shown_name));
  return outcomes;
}

}  // namespace haul::ingest
