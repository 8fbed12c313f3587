// SPDX-License-Identifier: Apache-2.0
#include "ndr/reference/reference.h"

#include "ndr/reference/tables.h"

namespace ndr::reference {

Horizon::Horizon() : tables_(std::make_unique<Tables>()) {}
Horizon::Horizon(Horizon&&) noexcept = default;
Horizon& Horizon::operator=(Horizon&&) noexcept = default;
Horizon::~Horizon() = default;

const std::string& Horizon::label() const { return tables_->label; }
base::Micros Horizon::start() const { return tables_->start; }
base::Micros Horizon::end() const { return tables_->end; }

BaselineRow Horizon::Host(Id host, catalogue::Role role, base::TimeBand band, int window) const {
  const size_t slot = tables_->HostSlot(host);
  return slot == kNoSlot ? BaselineRow{}
                         : tables_->hosts.Row(slot * tables_->groups + tables_->Group(role, band, window));
}

BaselineRow Horizon::Segment(Id segment, catalogue::Role role, base::TimeBand band, int window) const {
  if (segment == kNoId) return {};
  return tables_->segments.Row(size_t{segment} * tables_->groups + tables_->Group(role, band, window));
}

BaselineRow Horizon::Global(catalogue::Role role, base::TimeBand band, int window) const {
  return tables_->global.Row(tables_->Group(role, band, window));
}

HostRow Horizon::Metadata(Id host, catalogue::Role role, base::TimeBand band, int window) const {
  const size_t slot = tables_->HostSlot(host);
  if (slot == kNoSlot) return {};
  const size_t cell = slot * tables_->groups + tables_->Group(role, band, window);
  return cell < tables_->metadata.size() ? tables_->metadata[cell] : HostRow{};
}

PairRow Horizon::PairOfHost(Id source, Id destination, uint16_t port) const {
  return Tables::Find(tables_->host_pairs, {source, destination, port});
}

PairRow Horizon::PairOfSegment(Id segment, Id destination, uint16_t port) const {
  return Tables::Find(tables_->segment_pairs, {segment, destination, port});
}

bool Horizon::IsDestination(Id address) const {
  return address < tables_->is_destination.size() && tables_->is_destination[address];
}

Reference::Reference() : names_(std::make_unique<Names>()) {}
Reference::~Reference() = default;

Id Reference::AddressId(base::Address address) const {
  const auto it = names_->addresses.find(address);
  return it == names_->addresses.end() ? kNoId : it->second;
}

Id Reference::SegmentId(std::string_view segment_id) const {
  const auto it = names_->segments.find(segment_id);
  return it == names_->segments.end() ? kNoId : it->second;
}

}  // namespace ndr::reference
