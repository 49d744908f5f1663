#include "haul/adapters/http/curl_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>
#include <string_view>

namespace haul::adapters {
namespace {

constexpr long kRedirectsMax = 5;

struct EndCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// Scheme, host and port of an address: who is asked. Empty where it is none.
std::string origin_of(const std::string& address) {
  const std::unique_ptr<CURLU, EndCurl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return {};
  std::string out;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    out += out.empty() ? text : fmt::format("{}{}", part == CURLUPART_HOST ? "://" : ":", text);
    curl_free(text);
  }
  return out;
}

/// The body so far, and how large it may become.
struct Body {
  std::string text = {};
  std::uint64_t bytes_max = 0;
  bool is_too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* context) {
  Body& body = *static_cast<Body*>(context);
  body.is_too_large = body.text.size() + size * count > body.bytes_max;
  if (body.is_too_large) return 0;  // ends the exchange
  body.text.append(bytes, size * count);
  return size * count;
}

using Headers = std::unique_ptr<curl_slist, EndCurl>;

Headers make_headers(const std::map<std::string, std::string>& headers) {
  Headers list;
  for (const auto& [name, value] : headers) {
    curl_slist* longer = curl_slist_append(list.get(), fmt::format("{}: {}", name, value).c_str());
    if (longer == nullptr) return list;
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

class CurlClient final : public ingest::HttpClient {
 public:
  Result<ingest::HttpAnswer> get(const ingest::HttpRequest& request) override {
    const std::string origin = origin_of(request.url);
    if (!origin.starts_with("http://") && !origin.starts_with("https://")) {
      return fail(ErrorCode::kInvalidInput, "no http or https address; write https://host/path");
    }
    std::string url = request.url;
    for (long redirects = 0;; ++redirects) {
      HAUL_TRY(answered, exchange(url, request, origin));
      if (answered.location.empty()) return std::move(answered.answer);
      // Another host must not get the headers, which may hold secrets.
      if (redirects == kRedirectsMax || origin_of(answered.location) != origin) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} redirects {}: write the address it leads to", origin,
                                redirects == kRedirectsMax ? "again and again" : "to another host"));
      }
      url = answered.location;
    }
  }

 private:
  struct Answered {
    ingest::HttpAnswer answer;
    std::string location;  ///< Of a redirect, absolute.
  };

  // curl_easy_setopt takes its value as the option says; each type below is the one its page states.
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg)
  static Result<Answered> exchange(const std::string& url, const ingest::HttpRequest& request,
                                   const std::string& origin) {
    const std::unique_ptr<CURL, EndCurl> handle(curl_easy_init());
    if (handle == nullptr) return fail(ErrorCode::kUnavailable, "out of memory");
    CURL* curl = handle.get();
    const Headers headers = make_headers(request.headers);
    Body body{.bytes_max = request.bytes_max};
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl reads
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "haul");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(curl);
    if (body.is_too_large) {
      return fail(
          ErrorCode::kInvalidInput,
          fmt::format("{} answered more than {} bytes: ask for smaller pages", origin, request.bytes_max));
    }
    if (code != CURLE_OK) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", origin, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_off_t retry_after = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    char* location = nullptr;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    Answered answered{{static_cast<int>(status), std::move(body.text), {}},
                      location == nullptr ? "" : location};
    if (retry_after > 0) answered.answer.retry_after = std::chrono::seconds{retry_after};
    return answered;
  }
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
};

}  // namespace

std::unique_ptr<ingest::HttpClient> make_curl_client() {
  prepare_curl();
  return std::make_unique<CurlClient>();
}

}  // namespace haul::adapters
