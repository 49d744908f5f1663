#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "haul/adapters/notify/notifiers.h"
#include "haul/base/check.h"

namespace haul::adapters {
namespace {

constexpr std::chrono::milliseconds kFirstPause{250};

struct EndCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Handle = std::unique_ptr<CURL, EndCurl>;
using Headers = std::unique_ptr<curl_slist, EndCurl>;

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// The host of an http or https address; nothing where it is none.
std::optional<std::string> host_of(const std::string& address) {
  const std::unique_ptr<CURLU, EndCurl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return std::nullopt;
  char* host = nullptr;
  char* scheme = nullptr;
  const bool whole = curl_url_get(url.get(), CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                     curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
  std::optional<std::string> out;
  if (whole && (std::string_view(scheme) == "http" || std::string_view(scheme) == "https")) out = host;
  curl_free(host);
  curl_free(scheme);
  return out;
}

/// Answers are not read: what counts is their status.
std::size_t drop_answer(char* /*bytes*/, std::size_t size, std::size_t count, void* /*context*/) {
  return size * count;
}

bool may_work_later(long status) { return status == 408 || status == 429 || status >= 500; }

class WebhookNotifier final : public alert::Notifier {
 public:
  WebhookNotifier(WebhookSettings settings, std::string host)
      : settings_(std::move(settings)), host_(std::move(host)) {}

  Result<void> send(const alert::Notification& notification) override {
    const std::string body = alert::to_json(notification);
    auto pause = kFirstPause;
    for (std::uint32_t attempt = 1;; ++attempt) {
      Result<void> sent = post(body, notification.key());
      if (sent || sent.error().code != ErrorCode::kUnavailable) return sent;
      if (attempt >= settings_.attempts) return fail(std::move(sent).error());
      settings_.pause(pause);
      pause *= 2;
    }
  }

 private:
  // curl_easy_setopt takes its value as the option says; each type below is the one its page states.
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
  [[nodiscard]] Result<void> post(const std::string& body, const std::string& key) const {
    const Handle handle(curl_easy_init());
    const Headers headers = make_headers(key);
    if (handle == nullptr || headers == nullptr) return fail(ErrorCode::kUnavailable, "out of memory");
    CURL* curl = handle.get();
    const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(settings_.timeout).count();
    curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "haul");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", host_, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return {};
    return fail(may_work_later(status) ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
                fmt::format("{} answered {}", host_, status));
  }
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)

  [[nodiscard]] Headers make_headers(const std::string& key) const {
    Headers headers;
    const auto add = [&headers](const std::string& line) {
      curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
      if (longer == nullptr) return;
      static_cast<void>(headers.release());
      headers.reset(longer);
    };
    add("Content-Type: application/json");
    add("Idempotency-Key: " + key);
    if (!settings_.authorization.empty()) add("Authorization: " + settings_.authorization);
    return headers;
  }

  WebhookSettings settings_;
  std::string host_;
};

bool is_header_value(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<alert::Notifier>> make_webhook_notifier(WebhookSettings settings) {
  HAUL_CHECK(settings.attempts > 0 && settings.pause, "a webhook knows how often and how to wait");
  prepare_curl();
  auto host = host_of(settings.url);
  if (!host) {
    return fail(ErrorCode::kInvalidInput,
                "the webhook's url is no http or https address; write https://host/path");
  }
  if (!is_header_value(settings.authorization)) {
    return fail(ErrorCode::kInvalidInput,
                "the webhook's authorization holds a line feed; keep it on one line");
  }
  return std::unique_ptr<alert::Notifier>(
      std::make_unique<WebhookNotifier>(std::move(settings), std::move(*host)));
}

}  // namespace haul::adapters
