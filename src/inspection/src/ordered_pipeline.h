#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "haul/base/result.h"

namespace haul::inspection {

/// Four steps that turn a sequence of items into effects in the order of the sequence. Two steps of one item
/// never run at a time, steps of different items do. The first failure ends the run.
template <class Item>
struct OrderedSteps {
  std::function<Result<std::optional<Item>>()> produce;  ///< One thread at a time; nothing: the end.
  std::function<Result<void>(std::size_t, Item&)>
      work;                                   ///< In parallel; the number of the thread comes along.
  std::function<Result<void>(Item&)> judge;   ///< One thread at a time, in the order of produce().
  std::function<Result<void>(Item)> consume;  ///< Likewise, while later items are judged.
};

/// Runs the steps on `threads` threads, the caller's being one of them. Every thread takes what is most
/// urgent: consuming before judging before producing, so that at most 3 x threads items are alive.
template <class Item>
class OrderedPipeline {
 public:
  OrderedPipeline(OrderedSteps<Item> steps, std::size_t threads)
      : steps_(std::move(steps)), threads_(threads) {}

  Result<void> run() {
    std::vector<std::thread> others;
    for (std::size_t thread = 1; thread < threads_; ++thread)
      others.emplace_back([this, thread] { loop(thread); });
    loop(0);
    for (std::thread& other : others) other.join();
    return std::move(outcome_);
  }

 private:
  static constexpr std::size_t kItemsPerThread = 3;

  /// A step that takes one item at a time, in order.
  struct Lane {
    std::map<std::uint64_t, Item> waiting = {};
    std::uint64_t next = 0;
    bool is_busy = false;

    [[nodiscard]] bool is_ready() const { return !is_busy && waiting.contains(next); }
  };

  void loop(std::size_t thread) {
    std::unique_lock lock(mutex_);
    while (outcome_) {
      if (consuming_.is_ready()) {
        consume(lock);
      } else if (judging_.is_ready()) {
        judge(lock);
      } else if (!producing_ && !ended_ && produced_ - consuming_.next < kItemsPerThread * threads_) {
        produce(thread, lock);
      } else if (ended_ && consuming_.next == produced_) {
        return;
      } else {
        changed_.wait(lock);
      }
    }
  }

  void consume(std::unique_lock<std::mutex>& lock) {
    Item item = enter(consuming_);
    lock.unlock();
    Result<void> done = steps_.consume(std::move(item));
    lock.lock();
    leave(consuming_, std::move(done));
  }

  void judge(std::unique_lock<std::mutex>& lock) {
    Item item = enter(judging_);
    lock.unlock();
    Result<void> done = steps_.judge(item);
    lock.lock();
    consuming_.waiting.emplace(judging_.next, std::move(item));
    leave(judging_, std::move(done));
  }

  void produce(std::size_t thread, std::unique_lock<std::mutex>& lock) {
    producing_ = true;
    const std::uint64_t number = produced_++;
    lock.unlock();
    Result<std::optional<Item>> item = steps_.produce();
    lock.lock();
    producing_ = false;
    if (!item || !*item) {
      --produced_;
      ended_ = true;
      keep(item ? Result<void>() : Result<void>(fail(std::move(item).error())));
      return;
    }
    changed_.notify_all();  // another thread may produce meanwhile
    lock.unlock();
    Result<void> done = steps_.work(thread, **item);
    lock.lock();
    judging_.waiting.emplace(number, std::move(**item));
    keep(std::move(done));
  }

  Item enter(Lane& lane) {
    const auto next = lane.waiting.find(lane.next);
    Item item = std::move(next->second);
    lane.waiting.erase(next);
    lane.is_busy = true;
    return item;
  }

  void leave(Lane& lane, Result<void> done) {
    lane.is_busy = false;
    ++lane.next;
    keep(std::move(done));
  }

  /// With the lock held: the first failure stays, and everyone looks again.
  void keep(Result<void> done) {
    if (!done && outcome_) outcome_ = std::move(done);
    changed_.notify_all();
  }

  OrderedSteps<Item> steps_;
  std::size_t threads_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::uint64_t produced_ = 0;
  bool producing_ = false;
  bool ended_ = false;
  Lane judging_;
  Lane consuming_;
  Result<void> outcome_;
};

}  // namespace haul::inspection
