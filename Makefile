# SPDX-License-Identifier: Apache-2.0
# Short commands over CMake and tools/. `make` alone says what there is.

.DEFAULT_GOAL := help
.PHONY: help build test sanitize demo bench format lint install clean
PREFIX ?= /usr/local
TESTS := ctest --output-on-failure --no-tests=error --parallel $(shell nproc)
# The thread sanitizer of GCC 12 cannot run where the kernel randomises addresses by more than 28 bits.
FIXED_ADDRESSES := $(shell setarch -R true 2>/dev/null && echo setarch -R)

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

build:  ## build/ndr, the command
	@bash tools/debian_packages.sh build
	cmake --preset release
	cmake --build --preset release --target ndr
	@ln -sfn release/bin/ndr build/ndr

test: build  ## every test, against the release build
	@(command -v java && command -v mvn) >/dev/null || bash tools/debian_packages.sh dynamodb || \
	  echo "Without Java and Maven the tests against DynamoDB Local are skipped."
	@(command -v strace && command -v openssl) >/dev/null || bash tools/debian_packages.sh faults || \
	  echo "Without strace the tests that kill at a chosen call are skipped, without openssl those of TLS."
	@bash tools/versitygw.sh >/dev/null || echo "Without it the tests on S3 are skipped."
	cmake --build --preset release
	$(TESTS) --preset release

sanitize:  ## the thread sanitizer's test, then every test with the address and undefined-behaviour ones
	@bash tools/debian_packages.sh build
	cmake --preset tsan
	cmake --build --preset tsan --target parallel_tsan_test
	$(FIXED_ADDRESSES) $(TESTS) --preset tsan --tests-regex parallel_tsan_test
	cmake --preset asan
	cmake --build --preset asan
	$(TESTS) --preset asan

demo: build  ## simulate a company's days, replay them, and see which planted attacks rank where
	@bash tools/demo.sh build/ndr

bench:  ## compare whole jobs with another engine, then time the inner loops; ONLY=feature_store: one of those
	@bash tools/debian_packages.sh build bench
	@$(MAKE) build
	@bash tools/bench.sh $(ONLY)

format:  ## write every C++ source as .clang-format says
	@bash tools/debian_packages.sh lint
	git ls-files '*.cc' '*.h' | xargs clang-format -i

lint:  ## layers, format and clang-tidy
	@bash tools/debian_packages.sh build lint
	@bash tools/lint.sh

install: build  ## PREFIX=... gets bin/ndr, and in lib/ndr what it loads
	cmake --install build/release --prefix "$(PREFIX)"

clean:  ## remove everything that was built
	rm -rf build
