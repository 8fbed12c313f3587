// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange over libcurl, and how paths and queries are written, the same on the wire and in a
// signature.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ndr/base/time.h"

namespace ndr::aws {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "POST";
  std::string endpoint;    ///< https://host[:port][/base]
  std::string path = "/";  ///< begins with a slash; not encoded
  Fields query = {};       ///< not encoded
  Fields headers = {};
  std::string body = {};
  std::string_view data = {};  ///< sent in the place of `body` where not empty; must outlive the exchange
  base::Micros connect_timeout = 3 * base::kMicrosPerSecond;
  base::Micros timeout = 10 * base::kMicrosPerSecond;  ///< of the whole exchange
  /// Where not 0, in the place of `timeout`: the exchange ends when it was slower than 1 KB/s for so long.
  base::Micros stall_timeout = 0;
  size_t largest_answer = size_t{64} << 20;  ///< bytes
  bool direct = false;                       ///< past any proxy that the environment names
  bool takes_parts = false;  ///< a body of a 2xx answer that breaks off is an answer, with `broken`

  std::string_view Payload() const { return data.empty() ? std::string_view(body) : data; }
};

struct Response {
  int status = 0;
  std::string body;
  Fields headers = {};  ///< names in lower case
  bool broken = false;  ///< the connection broke within the body
};

/// The value of the first header of that name, as it is written; empty where there is none.
std::string Header(const Fields& headers, std::string_view name);

/// Percent-encodes all but A-Z a-z 0-9 - . _ ~ and, where asked, the slash (RFC 3986 as SigV4 reads it).
std::string Encode(std::string_view text, bool keep_slash);
/// The other way round; `+` is a blank, as servers write it in lists. A lone % stands for itself.
std::string Decode(std::string_view text);
/// `a=1&b=%3D`, sorted by encoded name and value.
std::string EncodedQuery(const Fields& query);
/// The base of the endpoint, then the path.
std::string EncodedPath(const Request& request);
/// `host` or `host:port` where the port is not the scheme's own. Invalid: no http(s) URL, or one with a
/// user's name.
arrow::Result<std::string> HostOf(const std::string& endpoint);

/// Keeps its connection from one exchange to the next. libcurl starts with the first of them; no signals, no
/// redirects. One thread at a time.
class Http {
 public:
  Http();
  ~Http();
  /// `ca_bundle`: a file of certificates in the place of the system's, where not empty.
  /// Any status is an answer. IOError: no answer, which may differ the next time (refused, broken, too slow).
  /// Invalid: a URL or certificate that is wrong. CapacityError: an answer above the limit.
  arrow::Result<Response> Exchange(const Request& request, const std::string& ca_bundle = "");

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace ndr::aws
