// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/signature.h"

#include <openssl/hmac.h>

#include <map>

#include "ndr/base/hash.h"

namespace ndr::aws {
namespace {

std::string Hmac(const std::string& key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Without blanks at the ends, and with one for each run of them.
std::string Squeezed(std::string_view value) {
  std::string out;
  for (const char c : value)
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

struct CanonicalHeaders {
  std::string lines, names;

  explicit CanonicalHeaders(const Fields& headers) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : headers) {
      const auto [found, first] = sorted.emplace(Lower(name), Squeezed(value));
      if (!first) found->second += "," + Squeezed(value);
    }
    for (const auto& [name, value] : sorted) {
      lines.append(name).append(":").append(value).append("\n");
      names.append(names.empty() ? "" : ";").append(name);
    }
  }
};

}  // namespace

arrow::Status Sign(const Credentials& credentials, const SigningScope& scope, Request* request) {
  ARROW_ASSIGN_OR_RAISE(const std::string host, HostOf(request->endpoint));
  const std::string time = base::FormatCompact(scope.now);
  const std::string day = time.substr(0, 8);
  const std::string payload = base::Sha256Hex(request->Payload());
  request->headers.emplace_back("Host", host);
  request->headers.emplace_back("X-Amz-Date", time);
  if (!credentials.session_token.empty())
    request->headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  if (scope.service == "s3") request->headers.emplace_back("X-Amz-Content-Sha256", payload);

  const CanonicalHeaders headers(request->headers);
  const std::string canonical = request->method + "\n" + EncodedPath(*request) + "\n" +
                                EncodedQuery(request->query) + "\n" + headers.lines + "\n" + headers.names +
                                "\n" + payload;
  const std::string holds_for = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + holds_for + "\n" + base::Sha256Hex(canonical);
  const std::string of_day = Hmac("AWS4" + credentials.secret_access_key, day);
  const std::string key = Hmac(Hmac(Hmac(of_day, scope.region), scope.service), "aws4_request");
  request->headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id +
                                                     "/" + holds_for + ", SignedHeaders=" + headers.names +
                                                     ", Signature=" + Hex(Hmac(key, to_sign)));
  return arrow::Status::OK();
}

}  // namespace ndr::aws
