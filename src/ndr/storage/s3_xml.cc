// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_xml.h"

#include <cstring>
#include <pugixml.hpp>

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;

constexpr size_t kLongestText = 300;

std::string ChildText(const pugi::xml_node& node, const char* name) { return node.child_value(name); }

// What follows the first line of some messages is the request, which has no place in ours.
std::string FirstLine(const std::string& text) {
  return text.substr(0, std::min(text.find_first_of("\r\n"), kLongestText));
}

Result<pugi::xml_node> RootOf(pugi::xml_document* document, const std::string& body, const char* name) {
  const auto parsed = document->load_buffer(body.data(), body.size());
  const pugi::xml_node root = document->document_element();
  if (!parsed || std::strcmp(root.name(), name) != 0)
    return Status::Invalid("the answer is no ", name, " of S3: ",
                           parsed ? "its root is '" + std::string(root.name()) + "'" : parsed.description());
  return root;
}

std::string KeyOf(const pugi::xml_node& node, const char* name, bool encoded) {
  const std::string text = ChildText(node, name);
  return encoded ? aws::Decode(text) : text;
}

int64_t MicrosOf(const pugi::xml_node& node, const char* name) {
  const auto time = base::ParseCivil(ChildText(node, name));
  return time ? time->micros : 0;
}

}  // namespace

aws::ErrorName XmlError(const std::string& body) {
  pugi::xml_document document;
  const auto root = RootOf(&document, body, "Error");
  if (!root.ok()) return {};
  return {ChildText(*root, "Code"), FirstLine(ChildText(*root, "Message"))};
}

Result<ListPage> ParseListPage(const std::string& body) {
  pugi::xml_document document;
  ARROW_ASSIGN_OR_RAISE(const pugi::xml_node root, RootOf(&document, body, "ListBucketResult"));
  const bool encoded = ChildText(root, "EncodingType") == "url";
  ListPage page;
  for (const pugi::xml_node& node : root.children("Contents"))
    page.objects.push_back(
        {KeyOf(node, "Key", encoded), node.child("Size").text().as_llong(), MicrosOf(node, "LastModified")});
  for (const pugi::xml_node& node : root.children("CommonPrefixes"))
    page.prefixes.push_back(KeyOf(node, "Prefix", encoded));
  if (ChildText(root, "IsTruncated") != "true") return page;
  page.next = ChildText(root, "NextContinuationToken");
  if (page.next.empty()) return Status::Invalid("a page of the list says neither its end nor what follows");
  return page;
}

Result<UploadPage> ParseUploadPage(const std::string& body) {
  pugi::xml_document document;
  ARROW_ASSIGN_OR_RAISE(const pugi::xml_node root, RootOf(&document, body, "ListMultipartUploadsResult"));
  const bool encoded = ChildText(root, "EncodingType") == "url";
  UploadPage page;
  for (const pugi::xml_node& node : root.children("Upload"))
    page.uploads.push_back(
        {KeyOf(node, "Key", encoded), ChildText(node, "UploadId"), MicrosOf(node, "Initiated")});
  if (ChildText(root, "IsTruncated") != "true") return page;
  page.next_key = KeyOf(root, "NextKeyMarker", encoded);
  page.next_id = ChildText(root, "NextUploadIdMarker");
  if (page.next_key.empty())
    return Status::Invalid("a page of uploads says neither its end nor what follows");
  return page;
}

}  // namespace ndr::storage
