#include "prepared_batch.h"

#include <fmt/format.h>

#include <algorithm>

namespace haul::eventlog {
namespace {

tl::unexpected<Error> invalid(const AppendRequest& request, std::string_view what) {
  return fail(ErrorCode::kInvalidInput,
              fmt::format("batch of producer '{}' for partition {}: {}",
                          request.producer.substr(0, kProducerBytesMax), request.partition.raw(), what));
}

Result<void> check(const AppendRequest& request) {
  const auto& [ends, bytes] = request.records;
  if (request.records.size() == 0) return invalid(request, "it has no records");
  if (request.producer.empty() || request.producer.size() > kProducerBytesMax) {
    return invalid(request, fmt::format("the producer's name must have 1 to {} bytes", kProducerBytesMax));
  }
  if (request.attributes.size() > kAttributesBytesMax) {
    return invalid(request, fmt::format("attributes of {} bytes exceed {}", request.attributes.size(),
                                        kAttributesBytesMax));
  }
  if (request.first_position > request.last_position) {
    return invalid(request, fmt::format("its first position {} lies behind its last, {}",
                                        request.first_position, request.last_position));
  }
  if (ends.front() < 0 || !std::is_sorted(ends.begin(), ends.end()) ||
      static_cast<std::size_t>(ends.back()) > bytes.size()) {
    return invalid(request, "the ends of its records decrease or pass the end of its bytes");
  }
  return {};
}

}  // namespace

Result<PreparedBatch> prepare(const AppendRequest& request) {
  HAUL_TRY_VOID(check(request));
  auto ends = request.records.ends;
  const auto begin = static_cast<std::size_t>(ends.front());
  const auto data = request.records.bytes.subspan(begin, static_cast<std::size_t>(ends.back()) - begin);

  PreparedBatch batch;
  batch.request = &request;
  batch.head.records = static_cast<std::uint32_t>(request.records.size());
  batch.head.data_bytes = static_cast<std::uint32_t>(data.size());
  batch.head.first_position = request.first_position;
  batch.head.last_position = request.last_position;
  batch.head.producer = request.producer;
  batch.head.attributes = request.attributes;
  if (batch.head.batch_bytes() > kBatchBytesMax) {
    return invalid(request, fmt::format("it takes {} bytes in the log, a batch may take {}: split it",
                                        batch.head.batch_bytes(), kBatchBytesMax));
  }
  if (begin != 0) {
    batch.rebased_ends.assign(ends.begin(), ends.end());
    for (auto& end : batch.rebased_ends) end -= ends.front();
    ends = batch.rebased_ends;
  }
  batch.body = pieces_of(ends, data);
  batch.head.body_crc = crc_of(batch.body);
  return batch;
}

}  // namespace haul::eventlog
