# SPDX-License-Identifier: Apache-2.0
"""The store against DynamoDB Local: what its protocol really takes and gives."""
import json

import pytest
import specs

OTHER = ("acme", "fg_a_builder", "v1")


@pytest.fixture
def table(dynamodb, request):
    return dynamodb.make_table(request.node.name.replace("[", ".").replace("]", ""))


def env(dynamodb):
    return specs.aws(dynamodb.url)


def test_put_get_list(dynamodb, table, tmp_path):
    store, own = f"dynamodb:{table}", env(dynamodb)
    specs.put(specs.BODY, tmp_path, store, env=own)
    assert specs.get(store, env=own) == specs.BODY
    assert dynamodb.item(table, "acme", "delta_builder#v1")["spec"] == {"M": {
        "project_name": {"S": "acme"}, "job_name": {"S": "delta_builder"}, "feature_spec_version": {"S": "v1"},
        "outputs": {"M": {"root": {"S": "out"}}}}}
    specs.put({"outputs": {"root": "out"}}, tmp_path, store, key=OTHER, env=own)
    out = specs.listed(store, "acme", env=own)
    assert "delta_builder" in out and "fg_a_builder" in out
    assert "nobody" not in specs.listed(store, env=own)


def test_another_body_needs_replace(dynamodb, table, tmp_path):
    store, own = f"dynamodb:{table}", env(dynamodb)
    changed = {"outputs": {"root": "elsewhere"}}
    specs.put(specs.BODY, tmp_path, store, env=own)
    specs.put(specs.BODY, tmp_path, store, env=own)
    assert "another body stands there already" in specs.put(changed, tmp_path, store, expect=2, env=own)
    assert specs.get(store, env=own) == specs.BODY
    specs.put(changed, tmp_path, store, env=own, more=["--replace"])
    assert specs.get(store, env=own) == changed


def test_another_version_is_another_document(dynamodb, table, tmp_path):
    store, own = f"dynamodb:{table}", env(dynamodb)
    second = ("acme", "delta_builder", "v2")
    specs.put(specs.BODY, tmp_path, store, env=own)
    specs.put({"outputs": {"root": "second"}}, tmp_path, store, key=second, env=own)
    assert specs.get(store, env=own) == specs.BODY
    assert specs.get(store, key=second, env=own) == {"outputs": {"root": "second"}}


def test_decimals_come_without_loss(dynamodb, table):
    numbers = {"whole": "30", "long": "18446744073709551615", "negative": "-9223372036854775808", "tenth": "0.1",
               "tiny": "1E-130", "trailing": "2.500"}
    dynamodb.put(table, "acme", "delta_builder#v1", spec={"M": {name: {"N": n} for name, n in numbers.items()}})
    got = specs.get(f"dynamodb:{table}", env=env(dynamodb))
    assert got == {"whole": 30, "long": 18446744073709551615, "negative": -9223372036854775808, "tenth": 0.1, "tiny": 1e-130,
                   "trailing": 2.5}
    assert isinstance(got["whole"], int)


def test_a_decimal_of_too_many_digits_is_refused(dynamodb, table):
    dynamodb.put(table, "acme", "delta_builder#v1", spec={"M": {"a": {"L": [{"N": "0.1234567890123456789"}]}}})
    said = specs.get(f"dynamodb:{table}", expect=2, env=env(dynamodb))
    assert "a[0]: the number 0.1234567890123456789 has more digits than can be kept" in said


@pytest.mark.parametrize("spec, said", [
    (None, "the item has no body in the attribute spec"),
    ({"N": "1"}, "the body is a number in the attribute spec"),
    ({"S": "[]"}, "the body is a JSON array"),
    ({"S": "{"}, "the body cannot be read"),
    ({"M": {"project_name": {"S": "acne"}}}, 'the body\'s own project_name is "acne"')],
    ids=["none", "number", "array", "torn", "foreign"])
def test_items_that_are_no_job_spec(dynamodb, table, spec, said):
    dynamodb.put(table, "acme", "delta_builder#v1", **({"spec": spec} if spec else {"other": {"S": "x"}}))
    assert said in specs.get(f"dynamodb:{table}", expect=2, env=env(dynamodb))


def test_a_text_of_json_is_read(dynamodb, table):
    dynamodb.put(table, "acme", "delta_builder#v1", spec={"S": json.dumps(specs.BODY)})
    assert specs.get(f"dynamodb:{table}", env=env(dynamodb)) == specs.BODY


def test_no_item_and_no_table(dynamodb, table):
    assert "there is none" in specs.get(f"dynamodb:{table}", expect=2, env=env(dynamodb))
    assert "there is no table not_there in region eu-central-1" in specs.get("dynamodb:not_there", expect=1, env=env(dynamodb))


def test_lists_longer_than_a_page(dynamodb, table):
    # A page holds 1 MB: 30 items of 100 KB need several.
    filler = {"M": {"x": {"S": "x" * 100_000}}}
    for i in range(30):
        dynamodb.put(table, "acme", f"delta_builder#v{i:02}", spec=filler)
    dynamodb.put(table, "acme", "no spec", other={"S": "x"})
    out = specs.listed(f"dynamodb:{table}", "acme", env=env(dynamodb))
    assert all(f"v{i:02}" in out for i in range(30)) and "no spec" not in out
    assert all(f"v{i:02}" in specs.listed(f"dynamodb:{table}", env=env(dynamodb)) for i in (0, 29))


def test_the_sort_keys_attribute_has_the_name_that_it_is_given(dynamodb, request, tmp_path):
    table = dynamodb.make_table(request.node.name, sort="sort_key")
    store, own = f"dynamodb:{table}", {**env(dynamodb), "NDR_SPEC_SORT_ATTRIBUTE": "sort_key"}
    specs.put(specs.BODY, tmp_path, store, env=own)
    assert specs.get(store, env=own) == specs.BODY
    assert specs.get(store, env=env(dynamodb), more=("--sort-attribute", "sort_key")) == specs.BODY
    assert dynamodb.item(table, "acme", "delta_builder#v1", sort="sort_key")["sort_key"] == {"S": "delta_builder#v1"}


def test_a_table_of_another_key_says_so(dynamodb, request):
    dynamodb.make_table(request.node.name, sort="sort_key")
    said = specs.get(f"dynamodb:{request.node.name}", expect=1, env=env(dynamodb))
    assert f"the table {request.node.name} has another key" in said and "its partition key must be project_name" in said
