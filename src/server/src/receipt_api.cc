#include "receipt_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/json.h"

namespace haul::server {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

constexpr std::size_t kRememberedMax = 10'000;
constexpr Micros kWaitMax = 30s;
constexpr auto kLookAgain = 20ms;

std::string common_json(const Receipt& receipt) {
  std::string partitions;
  for (const OffsetRange& range : receipt.ranges) {
    if (!partitions.empty()) partitions += ',';
    partitions += fmt::format(R"({{"partition":{},"first":{},"end":{}}})", range.partition.raw(),
                              range.first.raw(), range.end.raw());
  }
  return fmt::format(
      R"("receipt":"{}","source":{},"accepted":{},"undecodable":{},"partitions":[{}],"durability":"fsync")",
      receipt.id, json_string(receipt.source), receipt.accepted, receipt.undecodable, partitions);
}

Response landed_response(const Receipt& receipt, const LandedCounts& counts) {
  std::string rules;
  for (const auto& [rule, rows] : counts.quarantined_by_rule) {
    if (!rules.empty()) rules += ',';
    rules += fmt::format("{}:{}", json_string(rule), rows);
  }
  const std::uint64_t known = counts.valid + counts.quarantined;
  return {
      .body = fmt::format(
          R"({{{},"state":"landed","valid":{},"duplicates":{},"quarantined":{},"quarantined_by_rule":{{{}}}}})",
          common_json(receipt), counts.valid, receipt.accepted - std::min(known, receipt.accepted),
          counts.quarantined, rules)};
}

}  // namespace

Response receipt_response(const Receipt& receipt, Replay replay, std::string_view more) {
  Response response{.body = fmt::format("{{{}{}}}", common_json(receipt), more)};
  response.headers.emplace_back("Location", fmt::format("/v1/receipts/{}", receipt.id));
  if (replay == Replay::kYes) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

bool is_theirs(const std::optional<Receipt>& receipt, const Caller& caller) {
  return receipt && receipt->is_complete && (caller.is_admin || receipt->producer == caller.name);
}

Response no_such_receipt(std::string_view id) {
  return problem(404, "not_found", "There is no such thing", fmt::format("there is no receipt {}", id));
}

Route ReceiptApi::route() {
  Route get{.method = "GET",
            .pattern = "/v1/receipts/{id}",
            .scope = "any",
            .handle = [this](std::shared_ptr<Request> request, Respond respond) { handle(request, respond); },
            .summary = "What became of the rows of one request."};
  get.parameters = {{"wait", "query", "How long to wait for the rows to land, e.g. 2s; at most 30s."}};
  get.responses = {{200, "state is pending or landed."}, {404, "No such receipt, or another producer's."}};
  return get;
}

void ReceiptApi::handle(const std::shared_ptr<Request>& request, const Respond& respond) {
  const RequestHead& head = request->head;
  Micros wait{0};
  if (const auto given = head.query.find("wait"); given != head.query.end()) {
    const auto parsed = parse_duration(given->second);
    if (!parsed || *parsed < Micros::zero()) {
      return respond(problem(400, "invalid_input", "The request is wrong", "wait is a duration such as 2s"));
    }
    wait = std::min(*parsed, kWaitMax);
  }
  const std::string& id = head.parameters.at("id");
  auto receipt = receipts_.find(id);
  if (!receipt) return respond(problem(receipt.error()));
  if (!is_theirs(*receipt, head.caller)) return respond(no_such_receipt(id));
  look(std::make_shared<Question>(Question{request, respond, **std::move(receipt), clock_.steady() + wait}));
}

void ReceiptApi::look(const std::shared_ptr<Question>& question) {
  const Receipt& receipt = question->receipt;
  if (receipt.landed) return question->respond(landed_response(receipt, *receipt.landed));
  if (const auto counts = remembered(receipt.id)) return question->respond(landed_response(receipt, *counts));
  if (has_landed(receipt)) {
    if (!pool_.try_submit([this, question] { count(*question); })) {
      question->respond(retry_later(503, "busy", "Too busy to take more now", "ask again", 1s));
    }
    return;
  }
  if (clock_.steady() >= question->until) {
    return question->respond({.body = fmt::format(R"({{{},"state":"pending"}})", common_json(receipt))});
  }
  question->request->after(kLookAgain, [this, question] { look(question); });
}

void ReceiptApi::count(const Question& question) {
  const Receipt& receipt = question.receipt;
  const auto counts = landed_.count(receipt.source, receipt.ranges);
  if (!counts) return question.respond(problem(counts.error()));
  remember(receipt.id, *counts);
  question.respond(landed_response(receipt, *counts));
}

bool ReceiptApi::has_landed(const Receipt& receipt) const {
  const std::vector<Offset> landed = landed_.landed(receipt.source);
  return std::all_of(receipt.ranges.begin(), receipt.ranges.end(), [&](const OffsetRange& range) {
    return range.partition.raw() < landed.size() && range.end <= landed[range.partition.raw()];
  });
}

std::optional<LandedCounts> ReceiptApi::remembered(const std::string& receipt) const {
  const std::lock_guard lock(mutex_);
  const auto found = counted_.find(receipt);
  return found == counted_.end() ? std::nullopt : std::optional(found->second);
}

void ReceiptApi::remember(const std::string& receipt, const LandedCounts& counts) {
  const std::lock_guard lock(mutex_);
  if (!counted_.emplace(receipt, counts).second) return;
  counted_order_.push_back(receipt);
  if (counted_order_.size() <= kRememberedMax) return;
  counted_.erase(counted_order_.front());
  counted_order_.pop_front();
}

}  // namespace haul::server
