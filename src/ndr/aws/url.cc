// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ndr/aws/http.h"

namespace ndr::aws {
namespace {

constexpr std::string_view kSchemeEnd = "://";

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// `host:port` and `/base`, without the slash at the end.
std::pair<std::string_view, std::string_view> Parts(std::string_view endpoint) {
  const size_t scheme = endpoint.find(kSchemeEnd);
  if (scheme != std::string_view::npos) endpoint.remove_prefix(scheme + kSchemeEnd.size());
  const size_t slash = std::min(endpoint.find('/'), endpoint.size());
  std::string_view base = endpoint.substr(slash);
  while (base.ends_with('/')) base.remove_suffix(1);
  return {endpoint.substr(0, slash), base};
}

}  // namespace

std::string Encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string Decode(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool two =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (!two) {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string EncodedQuery(const Fields& query) {
  Fields encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(Encode(name, false), Encode(value, false));
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string EncodedPath(const Request& request) {
  return Encode(std::string(Parts(request.endpoint).second) + request.path, true);
}

arrow::Result<std::string> HostOf(const std::string& endpoint) {
  const bool tls = endpoint.starts_with("https://");
  std::string_view host = Parts(endpoint).first;
  const bool right = (tls || endpoint.starts_with("http://")) && !host.empty() &&
                     endpoint.find_first_of("@?# \t\r\n") == std::string::npos;
  // Such a URL may hold a password, so it is not repeated.
  if (!right)
    return arrow::Status::Invalid(
        "the endpoint is no URL such as https://host or http://host:8000, without a user's name");
  const std::string_view own_port = tls ? ":443" : ":80";
  if (host.ends_with(own_port)) host.remove_suffix(own_port.size());
  return std::string(host);
}

}  // namespace ndr::aws
