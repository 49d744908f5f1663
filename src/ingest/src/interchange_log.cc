#include "haul/ingest/interchange_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "byte_stream.h"
#include "edi_format.h"
#include "edi_splitter.h"
#include "haul/base/hash.h"
#include "haul/base/json.h"
#include "haul/edi/acknowledgement.h"

namespace haul::ingest {
namespace {

constexpr std::size_t kChunkBytes = 1U << 20U;
constexpr std::size_t kHashDigits = 12;
constexpr std::size_t kIdentityBytesMax = 256;
/// In the folder of the answers; hidden from those who send on whatever lies there.
constexpr std::string_view kDocuments = ".documents";

/// A name that a sender cannot lead out of the folder with.
std::string file_name_part(std::string_view text) {
  std::string part;
  for (const char c : text.substr(0, 40)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    part += plain ? c : '_';
  }
  return part.empty() ? "none" : part;
}

Path document_path(const Path& folder, const Source& source, std::string_view name) {
  const char* kind = source.format.format == Format::kX12 ? "997" : "contrl";
  return folder / kDocuments / fmt::format("{}.{}", file_name_part(name), kind);
}

/// Sender, receiver and control number; where they are longer than any standard allows, their hash.
std::string identity_of(const edi::InterchangeReport& report) {
  std::string names = fmt::format("{}/{}/{}", report.sender(), report.receiver(), report.control());
  if (names.size() <= kIdentityBytesMax) return names;
  Sha256 hash;
  hash.update(as_bytes(names));
  return hash.finish();
}

class Accountant {
 public:
  Accountant(const InterchangeFile& interchanges, Path folder, FileSystem& files, const Clock& clock,
             eventlog::EventLog& log)
      : interchanges_(interchanges), folder_(std::move(folder)), files_(files), clock_(clock), log_(log) {}

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
    if (!document_.empty()) {
      const Path path = document_path(folder_, interchanges_.source, interchanges_.document);
      HAUL_TRY_VOID(write_once(path, document_));
    }
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
      HAUL_TRY(memory, remember(report));
      outcome.is_reused = memory.is_reused;
      if (!interchanges_.source.acknowledge_dir.empty()) {
        HAUL_TRY(path, answer(report, memory.answered));
        outcome.acknowledgement = path;
      }
      outcomes_.push_back(std::move(outcome));
    }
    return {};
  }

  struct Memory {
    bool is_reused = false;  ///< The control number stands for other content already.
    Micros answered{0};      ///< When this content was answered first; now, where it was not.
  };

  /// Both are positions of producers of their own: of the control number, 60 bits of the SHA-256 of its first
  /// content; of the content, the time of its answer.
  Result<Memory> remember(const edi::InterchangeReport& report) {
    const std::string control = fmt::format("{}/{}", interchanges_.source.name, identity_of(report));
    const std::string content = fmt::format("{}/{}", control, report.sha256);
    const std::uint64_t number = std::stoull(report.sha256.substr(0, 15), nullptr, 16);
    HAUL_TRY(known, log_.last_position(kInterchangesTopic, PartitionId{0}, control));
    HAUL_TRY(answered, log_.last_position(kInterchangesTopic, PartitionId{0}, content));
    const bool is_reused = known && *known != number;
    if (answered) return Memory{is_reused, Micros{static_cast<std::int64_t>(*answered)}};
    const Micros now = clock_.now().time_since_epoch();
    const std::string record =
        fmt::format(R"({{"source":{},"sender":{},"control":{},"sha256":"{}","file":{}}})",
                    json_string(interchanges_.source.name), json_string(report.sender()),
                    json_string(report.control()), report.sha256, json_string(interchanges_.shown_name));
    const std::vector<std::int32_t> ends{0, static_cast<std::int32_t>(record.size())};
    const auto request = [&](std::string_view producer, std::uint64_t position) {
      return eventlog::AppendRequest{.partition = PartitionId{0},
                                     .producer = producer,
                                     .first_position = position,
                                     .last_position = position,
                                     .attributes = {},
                                     .records = {ends, as_bytes(record)}};
    };
    std::vector<eventlog::AppendRequest> requests{request(content, static_cast<std::uint64_t>(now.count()))};
    if (!known) requests.push_back(request(control, number));
    HAUL_TRY_VOID(log_.append(kInterchangesTopic, requests));
    return Memory{is_reused, now};
  }

  /// Writes the answer unless it is there; its path, or nothing where the interchange wants none.
  Result<std::string> answer(const edi::InterchangeReport& report, Micros at) {
    const std::string text = edi::acknowledge(report, {report.control()}, at);
    if (text.empty()) return std::string();
    if (!interchanges_.document.empty()) document_ += text;
    const bool is_x12 = report.syntax.standard == edi::Standard::kX12;
    const Path path = folder_ / fmt::format("{}-{}-{}.{}", file_name_part(report.sender()),
                                            file_name_part(report.control()),
                                            report.sha256.substr(0, kHashDigits), is_x12 ? "997" : "contrl");
    HAUL_TRY_VOID(write_once(path, text));
    return path.string();
  }

  Result<void> write_once(const Path& path, std::string_view text) {
    const auto there = files_.info(path);
    if (there) return {};
    if (there.error().code != ErrorCode::kNotFound) return fail(there.error());
    HAUL_TRY_VOID(files_.create_directories(path.parent_path()));
    return write_file_atomically(files_, path, text);
  }

  const InterchangeFile& interchanges_;
  const Path folder_;
  FileSystem& files_;
  const Clock& clock_;
  eventlog::EventLog& log_;
  std::vector<InterchangeOutcome> outcomes_;
  std::string document_;
};

}  // namespace

Result<std::vector<InterchangeOutcome>> InterchangeLog::account(const InterchangeFile& file) {
  if (!standard_of(file.format.format)) return std::vector<InterchangeOutcome>();
  const std::lock_guard lock(mutex_);
  auto outcomes = Accountant(file, root_ / file.source.acknowledge_dir, files_, clock_, log_).run();
  if (!outcomes) return fail(with_context(std::move(outcomes).error(), file.shown_name));
  return outcomes;
}

Result<std::string> InterchangeLog::document(const Source& source, std::string_view name) const {
  if (source.acknowledge_dir.empty()) {
    return fail(ErrorCode::kNotFound, fmt::format("{} answers no interchanges", source.name));
  }
  return read_file(files_, document_path(root_ / source.acknowledge_dir, source, name));
}

Result<std::uint64_t> InterchangeLog::forget_documents(
    const Source& source, const std::function<bool(std::string_view)>& is_remembered) {
  if (source.acknowledge_dir.empty()) return 0;
  const Path folder = root_ / source.acknowledge_dir / kDocuments;
  auto entries = files_.list(folder);
  if (!entries && entries.error().code == ErrorCode::kNotFound) return 0;
  if (!entries) return fail(std::move(entries).error());
  std::uint64_t forgotten = 0;
  for (const FileInfo& entry : *entries) {
    const std::string name = Path(entry.name).stem().string();
    if (document_path(root_ / source.acknowledge_dir, source, name).filename() != entry.name) continue;
    // Who sends the same again has its name remembered, then takes the lock to write its document.
    const std::lock_guard lock(mutex_);
    if (is_remembered(name)) continue;
    HAUL_TRY_VOID(files_.remove(folder / entry.name));
    ++forgotten;
  }
  return forgotten;
}

void write_lines(Log& log_lines, const Source& source, std::span<const InterchangeOutcome> interchanges) {
  for (const InterchangeOutcome& each : interchanges) {
    log_lines.write({each.is_reused ? LogLevel::kWarning : LogLevel::kInfo,
                     "interchange",
                     {{"source", source.name},
                      {"sender", each.sender},
                      {"control", each.control},
                      {"accepted", fmt::to_string(each.accepted)},
                      {"rejected", fmt::to_string(each.rejected)},
                      {"control_used_before", each.is_reused ? "true" : "false"},
                      {"acknowledgement", each.acknowledgement}}});
  }
}

}  // namespace haul::ingest
