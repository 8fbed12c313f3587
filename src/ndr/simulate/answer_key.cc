// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/answer_key.h"

#include <nlohmann/json.hpp>

#include "ndr/base/json_error.h"

namespace ndr::simulate {
namespace {

using Json = nlohmann::ordered_json;

Json Texts(const std::vector<base::Address>& addresses) {
  Json list = Json::array();
  for (const base::Address address : addresses) list.push_back(base::ToText(address));
  return list;
}

Json BehaviourJson(const Behaviour& behaviour) {
  Json json = {{"name", behaviour.name}};
  if (!behaviour.kind.empty()) json["kind"] = behaviour.kind;
  json["what"] = behaviour.what;
  json["hosts"] = Texts(behaviour.hosts);
  json["from"] = base::FormatInstant(behaviour.from);
  json["to"] = base::FormatInstant(behaviour.to);
  json["peers"] = Texts(behaviour.peers);
  json["ports"] = behaviour.ports;
  json["sessions"] = behaviour.sessions;
  return json;
}

Json BehavioursJson(const std::vector<Behaviour>& behaviours) {
  Json list = Json::array();
  for (const Behaviour& behaviour : behaviours) list.push_back(BehaviourJson(behaviour));
  return list;
}

// Throws where the text is no instant, as nlohmann does where a value has another type: ReadAnswerKey catches
// both.
base::Micros InstantAt(const Json& json, const char* name) {
  const auto text = json.at(name).get<std::string>();
  const auto civil = base::ParseCivil(text);
  if (!civil) throw std::invalid_argument(std::string(name) + ": '" + text + "' is not an instant");
  return civil->micros;
}

std::vector<base::Address> AddressesAt(const Json& json, const char* name) {
  std::vector<base::Address> addresses;
  for (const Json& item : json.at(name)) {
    const auto address = base::ParseAddress(item.get<std::string>());
    if (!address)
      throw std::invalid_argument(std::string(name) + ": '" + item.get<std::string>() +
                                  "' is not an address");
    addresses.push_back(*address);
  }
  return addresses;
}

std::vector<Behaviour> BehavioursAt(const Json& json, const char* name) {
  std::vector<Behaviour> behaviours;
  for (const Json& item : json.at(name)) {
    Behaviour& behaviour = behaviours.emplace_back();
    behaviour.name = item.at("name").get<std::string>();
    behaviour.kind = item.value("kind", "");
    behaviour.what = item.at("what").get<std::string>();
    behaviour.hosts = AddressesAt(item, "hosts");
    behaviour.from = InstantAt(item, "from");
    behaviour.to = InstantAt(item, "to");
    behaviour.peers = AddressesAt(item, "peers");
    behaviour.ports = item.at("ports").get<std::vector<int>>();
    behaviour.sessions = item.at("sessions").get<int64_t>();
  }
  return behaviours;
}

}  // namespace

std::string ToJson(const AnswerKey& key) {
  const Json json = {{"seed", key.seed},
                     {"hosts", key.hosts},
                     {"start", base::FormatInstant(key.start)},
                     {"end", base::FormatInstant(key.end)},
                     {"scored_from", base::FormatInstant(key.scored_from)},
                     {"sessions", key.sessions},
                     {"format", key.format},
                     {"planted", BehavioursJson(key.planted)},
                     {"harmless", BehavioursJson(key.harmless)}};
  return json.dump(2) + "\n";
}

arrow::Result<AnswerKey> ReadAnswerKey(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    AnswerKey key;
    key.seed = json.at("seed").get<uint64_t>();
    key.hosts = json.at("hosts").get<int64_t>();
    key.start = InstantAt(json, "start");
    key.end = InstantAt(json, "end");
    key.scored_from = InstantAt(json, "scored_from");
    key.sessions = json.at("sessions").get<int64_t>();
    key.format = json.at("format").get<std::string>();
    key.planted = BehavioursAt(json, "planted");
    key.harmless = BehavioursAt(json, "harmless");
    return key;
  } catch (const std::exception& error) {
    return arrow::Status::Invalid("the answer key can't be read: ", base::JsonErrorInWords(error.what()));
  }
}

}  // namespace ndr::simulate
