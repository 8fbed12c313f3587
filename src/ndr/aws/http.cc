// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace ndr::aws {
namespace {

using arrow::Status;

constexpr size_t kMostReserved = size_t{256} << 20;  // on the word of a server

struct Body {
  CURL* curl = nullptr;
  size_t largest = 0;
  std::string bytes = {};
  Fields headers = {};
  bool too_large = false;
};

size_t Append(char* bytes, size_t, size_t count, void* target) {
  Body* body = static_cast<Body*>(target);
  if (body->bytes.empty()) {
    curl_off_t announced = -1;
    curl_easy_getinfo(body->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0)
      body->bytes.reserve(std::min({static_cast<size_t>(announced), body->largest, kMostReserved}));
  }
  body->too_large = body->bytes.size() + count > body->largest;
  if (body->too_large) return 0;
  body->bytes.append(bytes, count);
  return count;
}

size_t AddHeader(char* bytes, size_t, size_t count, void* target) {
  Body* body = static_cast<Body*>(target);
  std::string_view line(bytes, count);
  if (line.starts_with("HTTP/")) body->headers.clear();  // of an answer such as 100 Continue
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name(line.substr(0, colon));
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
  body->headers.emplace_back(std::move(name), line.substr(value));
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
      if (request.stall_timeout != 0)
        return Status::IOError(endpoint, " sent or took next to nothing for ",
                               Seconds(request.stall_timeout));
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
  if (request.stall_timeout == 0) {
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout / 1000));
  } else {
    const base::Micros whole = request.stall_timeout + base::kMicrosPerSecond - 1;  // libcurl counts seconds
    Set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
    Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(whole / base::kMicrosPerSecond));
  }
  Set(CURLOPT_USERAGENT, "ndr/" NDR_VERSION);
  if (!ca_bundle.empty()) Set(CURLOPT_CAINFO, ca_bundle.c_str());
  if (request.direct) Set(CURLOPT_NOPROXY, "*");
}

void Http::Handle::SetMethod(const Request& request) {
  if (request.method == "GET") return Set(CURLOPT_HTTPGET, 1L);
  if (request.method == "HEAD") return Set(CURLOPT_NOBODY, 1L);
  Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  const std::string_view body = request.Payload();
  if (request.method == "DELETE" && body.empty()) return;
  Set(CURLOPT_POSTFIELDS, body.data() == nullptr ? "" : body.data());
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
}

std::string Header(const Fields& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return "";
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
  Body body{handle_->curl, request.largest_answer};
  handle_->Set(CURLOPT_URL, url.c_str());
  handle_->Set(CURLOPT_HTTPHEADER, headers.first);
  handle_->Set(CURLOPT_WRITEFUNCTION, &Append);
  handle_->Set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
  handle_->Set(CURLOPT_HEADERFUNCTION, &AddHeader);
  handle_->Set(CURLOPT_HEADERDATA, static_cast<void*>(&body));

  const CURLcode code = curl_easy_perform(handle_->curl);
  curl_off_t connected = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_CONNECT_TIME_T, &connected);
  long status = 0;
  curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
  const bool part = request.takes_parts && !body.bytes.empty() && status >= 200 && status < 300;
  if (code != CURLE_OK && (!part || body.too_large))
    return Failure(code, handle_->detail.data(), connected > 0, body, request);
  return Response{static_cast<int>(status), std::move(body.bytes), std::move(body.headers), code != CURLE_OK};
}

}  // namespace ndr::aws
