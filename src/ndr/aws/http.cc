// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/http.h"

#include <curl/curl.h>

#include <array>
#include <mutex>

namespace ndr::aws {
namespace {

using arrow::Status;

struct Body {
  std::string bytes;
  size_t largest = 0;
  bool too_large = false;
};

size_t Append(char* bytes, size_t, size_t count, void* target) {
  Body* body = static_cast<Body*>(target);
  body->too_large = body->bytes.size() + count > body->largest;
  if (body->too_large) return 0;
  body->bytes.append(bytes, count);
  return count;
}

struct HeaderList {
  curl_slist* first = nullptr;
  ~HeaderList() { curl_slist_free_all(first); }
  void Add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

std::string Seconds(base::Micros micros) {
  std::string text = std::to_string(micros / base::kMicrosPerSecond);
  const base::Micros tenths = micros % base::kMicrosPerSecond / 100'000;
  if (tenths != 0) text += "." + std::to_string(tenths);
  return text + " s";
}

Status Failure(CURLcode code, const std::string& detail, bool connected, const Body& body,
               const Request& request) {
  const std::string why = detail.empty() ? curl_easy_strerror(code) : detail;
  const std::string& endpoint = request.endpoint;
  switch (code) {
    case CURLE_WRITE_ERROR:
      if (!body.too_large) break;
      return Status::CapacityError("the answer of ", endpoint, " is larger than ", body.largest, " bytes");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Status::Invalid(endpoint, " is no URL that can be used: ", why);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Status::Invalid("the certificate of ", endpoint, " cannot be trusted: ", why,
                             "; AWS_CA_BUNDLE names a file of other certificates");
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
      return Status::IOError("cannot connect to ", endpoint, ": ", why);
    case CURLE_OPERATION_TIMEDOUT:
      if (!connected)
        return Status::IOError("cannot connect to ", endpoint, " within ", Seconds(request.connect_timeout));
      return Status::IOError("no whole answer from ", endpoint, " within ", Seconds(request.timeout));
    default:
      break;
  }
  return Status::IOError("the connection to ", endpoint, " broke: ", why);
}

}  // namespace

struct Http::Handle {
  CURL* curl = nullptr;
  std::array<char, CURL_ERROR_SIZE> detail{};

  Handle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl = curl_easy_init();
  }
  ~Handle() { curl_easy_cleanup(curl); }

  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(curl, option, value);
  }
  void SetTransport(const Request& request, const std::string& ca_bundle);
  void SetMethod(const Request& request);
};

void Http::Handle::SetTransport(const Request& request, const std::string& ca_bundle) {
  Set(CURLOPT_ERRORBUFFER, detail.data());
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_PROTOCOLS_STR, "http,https");
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_PATH_AS_IS, 1L);  // the path that was signed
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout / 1000));
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout / 1000));
  Set(CURLOPT_USERAGENT, "ndr/" NDR_VERSION);
  if (!ca_bundle.empty()) Set(CURLOPT_CAINFO, ca_bundle.c_str());
  if (request.direct) Set(CURLOPT_NOPROXY, "*");
}

void Http::Handle::SetMethod(const Request& request) {
  if (request.method == "GET") return Set(CURLOPT_HTTPGET, 1L);
  if (request.method == "HEAD") return Set(CURLOPT_NOBODY, 1L);
  Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "DELETE" && request.body.empty()) return;
  Set(CURLOPT_POSTFIELDS, request.body.data());
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
}

Http::Http() = default;
Http::~Http() = default;

arrow::Result<Response> Http::Exchange(const Request& request, const std::string& ca_bundle) {
  ARROW_ASSIGN_OR_RAISE(const std::string host, HostOf(request.endpoint));
  const size_t authority = request.endpoint.find("://") + 3;
  const std::string origin = request.endpoint.substr(0, request.endpoint.find('/', authority));
  const std::string query = EncodedQuery(request.query);
  const std::string url = origin + EncodedPath(request) + (query.empty() ? "" : "?" + query);

  if (handle_ == nullptr) handle_ = std::make_unique<Handle>();
  if (handle_->curl == nullptr) return Status::UnknownError("libcurl does not start");
  curl_easy_reset(handle_->curl);
  handle_->detail.fill('\0');
  handle_->SetTransport(request, ca_bundle);
  handle_->SetMethod(request);

  HeaderList headers;
  headers.Add("Expect:");
  headers.Add("Content-Type:");  // none but the request's own, which stands below
  for (const auto& [name, value] : request.headers) headers.Add(name + (value.empty() ? ";" : ": " + value));
  Body body{{}, request.largest_answer};
  handle_->Set(CURLOPT_URL, url.c_str());
  handle_->Set(CURLOPT_HTTPHEADER, headers.first);
  handle_->Set(CURLOPT_WRITEFUNCTION, &Append);
  handle_->Set(CURLOPT_WRITEDATA, static_cast<void*>(&body));

  const CURLcode code = curl_easy_perform(handle_->curl);
  curl_off_t connected = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_CONNECT_TIME_T, &connected);
  if (code != CURLE_OK) return Failure(code, handle_->detail.data(), connected > 0, body, request);
  long status = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
  return Response{static_cast<int>(status), std::move(body.bytes)};
}

}  // namespace ndr::aws
