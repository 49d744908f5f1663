#include "acknowledgement_api.h"

#include <fmt/format.h>

namespace haul::server {

Route AcknowledgementApi::route() {
  Route get{.method = "GET",
            .pattern = "/v1/receipts/{id}/acknowledgement",
            .scope = "any",
            .handle =
                [this](const std::shared_ptr<Request>& request, const Respond& respond) {
                  const std::string& id = request->head.parameters.at("id");
                  const auto receipt = receipts_.find(id);
                  if (!receipt) return respond(problem(receipt.error()));
                  if (!is_theirs(*receipt, request->head.caller)) return respond(no_such_receipt(id));
                  if (pool_.try_submit([this, found = **receipt, respond] { respond(read(found)); })) return;
                  respond(retry_later(503, "busy", "Too busy to take more now", "ask again",
                                      std::chrono::seconds{1}));
                },
            .summary = "The answers (997, TA1, CONTRL) to the interchanges of one request."};
  get.responses = {{200, "The answers, one behind the other."},
                   {404, "No such receipt, another producer's, or nothing that is answered."}};
  return get;
}

bool AcknowledgementApi::has_answers(const UploadSpec& spec) const {
  const ingest::Format format = spec.format.format;
  return context_.interchanges != nullptr && spec.source.delivery == ingest::Delivery::kTopic &&
         (format == ingest::Format::kX12 || format == ingest::Format::kEdifact);
}

Result<std::string> AcknowledgementApi::answer(const UploadSpec& spec, Body& body, const Receipt& receipt) {
  HAUL_TRY(file, body.file());
  HAUL_TRY(interchanges,
           context_.interchanges->account({spec.source, spec.format, file, shown_name(receipt), receipt.id}));
  ingest::write_lines(context_.log_lines, spec.source, interchanges);
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t reused = 0;
  bool is_answered = false;
  for (const ingest::InterchangeOutcome& each : interchanges) {
    accepted += each.accepted;
    rejected += each.rejected;
    reused += each.is_reused ? 1 : 0;
    is_answered = is_answered || !each.acknowledgement.empty();
  }
  std::string more =
      fmt::format(R"(,"interchanges":{{"count":{},"transactions_accepted":{},"transactions_rejected":{},)"
                  R"("control_numbers_used_before":{}}})",
                  interchanges.size(), accepted, rejected, reused);
  if (is_answered) more += fmt::format(R"(,"acknowledgement":"/v1/receipts/{}/acknowledgement")", receipt.id);
  return more;
}

Response AcknowledgementApi::read(const Receipt& receipt) const {
  const auto source = context_.sources.find(receipt.source);
  if (context_.interchanges == nullptr || source == context_.sources.end())
    return no_such_receipt(receipt.id);
  auto text = context_.interchanges->document(source->second, receipt.id);
  if (!text) return problem(text.error());
  const bool is_x12 = source->second.format.format == ingest::Format::kX12;
  return {.body = *std::move(text), .content_type = is_x12 ? "application/EDI-X12" : "application/EDIFACT"};
}

}  // namespace haul::server
