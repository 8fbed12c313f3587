// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/send_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ndr::feature_store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RemoteItem Item(std::string entity, base::Micros event_time) {
  RemoteItem item;
  item.entity = std::move(entity);
  item.event_time = event_time;
  return item;
}

std::vector<std::string> Names(const std::vector<RemoteItem>& items) {
  std::vector<std::string> names;
  for (const RemoteItem& item : items) names.push_back(item.entity + std::to_string(item.event_time));
  return names;
}

TEST(SendQueueTest, OfAnEntityOneAtATimeTheOlderFirst) {
  SendQueue queue;
  queue.Add(Item("a", 1));
  queue.Add(Item("a", 3));
  queue.Add(Item("a", 2));
  queue.Add(Item("b", 1));
  auto out = queue.Take(25, 0);
  EXPECT_THAT(Names(out), ElementsAre("a1", "b1"));
  EXPECT_THAT(queue.Take(25, 0), IsEmpty());
  EXPECT_FALSE(queue.HasReady());
  queue.Done(out[0]);
  out = queue.Take(25, 0);
  EXPECT_THAT(Names(out), ElementsAre("a2"));
  queue.Again(std::move(out[0]), 100);  // a3 still waits
  EXPECT_EQ(queue.NextDue(), 100);
  EXPECT_THAT(queue.Take(25, 99), IsEmpty());
  out = queue.Take(25, 100);
  EXPECT_THAT(Names(out), ElementsAre("a2"));
  queue.Done(out[0]);
  EXPECT_THAT(Names(queue.Take(25, 100)), ElementsAre("a3"));
  EXPECT_EQ(queue.size(), 2u);  // a3 and b1 are out
}

TEST(SendQueueTest, ChunksOfAtMost) {
  SendQueue queue;
  for (int i = 0; i < 60; ++i) queue.Add(Item("e" + std::to_string(i), 1));
  EXPECT_EQ(queue.Take(25, 0).size(), 25u);
  EXPECT_EQ(queue.Take(25, 0).size(), 25u);
  EXPECT_EQ(queue.Take(25, 0).size(), 10u);
}

TEST(SendQueueTest, WhatMustGoAloneGoesAlone) {
  SendQueue queue;
  queue.Add(Item("a", 1));
  queue.Add(Item("b", 1));
  auto out = queue.Take(25, 0);
  for (RemoteItem& item : out) {
    item.alone = true;
    queue.Again(std::move(item), 0);
  }
  queue.Add(Item("c", 1));
  EXPECT_EQ(queue.Take(25, 0).size(), 1u);
  EXPECT_EQ(queue.Take(25, 0).size(), 1u);
  EXPECT_THAT(Names(queue.Take(25, 0)), ElementsAre("c1"));
}

}  // namespace
}  // namespace ndr::feature_store
