// SPDX-License-Identifier: Apache-2.0
// JSON Schema of documents, draft 2020-12.
#include "ndr/spec/composite_forms.h"
#include "ndr/spec/documents.h"

namespace ndr::spec {
namespace {

Json SchemaOf(const Key& key) {
  Json schema = {{"description", key.sentence}};
  if (key.members) {
    schema.update(SchemaOf(*key.members));
    return schema;
  }
  schema.update(key.form().schema);
  key.limits.AddTo(&schema);
  const Json value = key.write();
  const bool illegal = key.required || value.is_null() || (key.limits.not_empty && value.empty());
  if (!illegal) schema["default"] = value;
  return schema;
}

}  // namespace

Json SchemaOf(const Keys& keys) {
  Json properties = Json::object(), required = Json::array();
  for (const auto& key : keys.keys()) {
    properties[key->name] = SchemaOf(*key);
    if (key->required) required.push_back(key->name);
  }
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

std::string SchemaFile(DocumentKind kind) { return std::string(NameOf(kind)) + ".schema.json"; }

Json JsonSchemaOf(DocumentKind kind) {
  Document document(kind);
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", NameOf(kind)}};
  schema.update(SchemaOf(document.keys));
  auto& properties = schema["properties"];
  properties["job_name"]["const"] = NameOf(kind);
  // A job's names have no default: they are those of the document's key.
  if (kind)
    for (const char* name : {"project_name", "feature_spec_version"}) properties[name].erase("default");
  return schema;
}

}  // namespace ndr::spec
