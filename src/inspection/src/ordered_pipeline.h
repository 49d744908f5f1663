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

/// Three steps that turn a sequence of items into effects in the order of the sequence. The first failure
/// ends the run.
template <class Item>
struct OrderedSteps {
  std::function<Result<std::optional<Item>>()> produce;  ///< One thread at a time; nothing: the end.
  std::function<Result<void>(std::size_t, Item&)>
      work;                                   ///< In parallel; the number of the thread comes along.
  std::function<Result<void>(Item)> consume;  ///< One thread at a time, in the order of produce().
};

/// Runs the steps on `threads` threads, the caller's being one of them. Every thread takes what is most
/// urgent: consuming before producing, so that at most 2 x threads items are alive.
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
  void loop(std::size_t thread) {
    std::unique_lock lock(mutex_);
    while (outcome_) {
      const auto next = ready_.find(consumed_);
      if (!consuming_ && next != ready_.end()) {
        consume(next, lock);
      } else if (!producing_ && !ended_ && produced_ - consumed_ < 2 * threads_) {
        produce(thread, lock);
      } else if (ended_ && consumed_ == produced_) {
        return;
      } else {
        changed_.wait(lock);
      }
    }
  }

  void consume(typename std::map<std::uint64_t, Item>::iterator next, std::unique_lock<std::mutex>& lock) {
    Item item = std::move(next->second);
    ready_.erase(next);
    consuming_ = true;
    lock.unlock();
    Result<void> done = steps_.consume(std::move(item));
    lock.lock();
    consuming_ = false;
    ++consumed_;
    keep(std::move(done));
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
    ready_.emplace(number, std::move(**item));
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
  std::map<std::uint64_t, Item> ready_;  // worked on, not yet consumed
  std::uint64_t produced_ = 0;
  std::uint64_t consumed_ = 0;
  bool producing_ = false;
  bool consuming_ = false;
  bool ended_ = false;
  Result<void> outcome_;
};

}  // namespace haul::inspection
