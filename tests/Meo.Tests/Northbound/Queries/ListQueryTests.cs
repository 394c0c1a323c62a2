using Mano.Lifecycle.V1;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;

namespace Mano.Meo.Tests.Northbound.Queries;

/// <summary>Pages of a list that changes while it is read.</summary>
public sealed class ListQueryTests
{
    /// <summary>What is listed: ids, and a revision that orders them otherwise.</summary>
    private readonly SortedDictionary<string, long> items = new(StringComparer.Ordinal);

    private int reads;

    [Theory]
    [InlineData("")]
    [InlineData("revision")]
    [InlineData("revision desc, operation_id")]
    public async Task What_stays_is_given_once_whatever_comes_and_goes(string order)
    {
        var random = new Random(3);
        Fill(200, random);
        var stays = items.Keys.Where((_, i) => i % 2 == 0).ToHashSet(StringComparer.Ordinal);
        var seen = new List<(string Id, long Revision)>();
        var request = new ListOperationsRequest { PageSize = 7, OrderBy = order };
        do
        {
            var page = await Page(request);
            Assert.InRange(page.Items.Count, 1, 7);
            seen.AddRange(page.Items.Select(i => (i.OperationId, i.Revision)));
            request.PageToken = page.NextToken;
            foreach (var gone in items.Keys.Where(k => !stays.Contains(k)).Take(3).ToList())
            {
                items.Remove(gone);
            }

            items[$"new-{random.Next():x}"] = random.Next(50);
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(seen.Count, seen.Select(s => s.Id).Distinct().Count());
        Assert.Empty(stays.Except(seen.Select(s => s.Id)));
        Assert.Equal(
            order.Length == 0 ? seen.OrderBy(s => s.Id, StringComparer.Ordinal)
            : order == "revision" ? seen.OrderBy(s => s.Revision).ThenBy(s => s.Id, StringComparer.Ordinal)
            : seen.OrderByDescending(s => s.Revision).ThenBy(s => s.Id, StringComparer.Ordinal),
            seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("revision desc")]
    public async Task Filtered_pages_together_are_what_the_filter_lets_pass(string order)
    {
        Fill(300, new Random(4));
        var request = new ListOperationsRequest { PageSize = 10, OrderBy = order, Filter = "revision < 10" };
        var seen = new List<string>();
        do
        {
            var page = await Page(request);
            seen.AddRange(page.Items.Select(i => i.OperationId));
            request.PageToken = page.NextToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(items.Where(i => i.Value < 10).Select(i => i.Key), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Page_without_a_filter_reads_no_more_than_it_gives()
    {
        Fill(300, new Random(5));
        Assert.Equal(10, (await Page(new() { PageSize = 10 })).Items.Count);
        Assert.Equal(10, reads);
    }

    [Fact]
    public async Task A_filter_that_lets_nothing_pass_ends_the_page_and_says_where_it_goes_on()
    {
        for (var i = 0; i < ListQuery<Operation>.MostLookedAt + 5; i++)
        {
            items[$"id-{i:d6}"] = 1;
        }

        var request = new ListOperationsRequest { PageSize = 1000, Filter = "revision = 2" };
        var page = await Page(request);
        Assert.Empty(page.Items);
        request.PageToken = page.NextToken;
        var rest = await Page(request);
        Assert.Equal(("", 0), (rest.NextToken, rest.Items.Count));
    }

    [Fact]
    public async Task Token_is_refused_with_another_request_and_when_it_was_changed()
    {
        Fill(30, new Random(6));
        var first = await Page(new() { PageSize = 5, Filter = "revision < 40" });
        var token = first.NextToken;
        Assert.Equal(5, (await Page(new() { PageSize = 5, Filter = "revision < 40", PageToken = token })).Items.Count);
        Assert.Equal(9, (await Page(new() { PageSize = 9, Filter = "revision < 40", PageToken = token, ReadMask = new() { Paths = { "operation_id" } } })).Items.Count);

        foreach (var other in new ListOperationsRequest[]
        {
            new() { PageToken = token },
            new() { PageToken = token, Filter = "revision < 41" },
            new() { PageToken = token, Filter = "revision < 40", OrderBy = "revision" },
            new() { PageToken = token, Filter = "revision < 40", AppInstanceId = "4f" },
        })
        {
            Assert.Contains("another request", await Refusal(other), StringComparison.Ordinal);
        }

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Contains("page_token", await Refusal(new() { Filter = "revision < 40", PageToken = changed }), StringComparison.Ordinal);
        }

        foreach (var none in new[] { "x", "a token with spaces", token + "AAAA", token[..^4], new string('A', 5000), "0199-a" })
        {
            Assert.Contains("none of ours", await Refusal(new() { Filter = "revision < 40", PageToken = none }), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("revison", "\"revison\" is no field of Operation")]
    [InlineData("revision down", "a field, and then perhaps asc or desc")]
    [InlineData("steps.name", "not one value")]
    [InlineData("placement", "not one value")]
    [InlineData("revision,,kind", "a field, and then")]
    [InlineData("revision,revision,revision,revision,revision,revision", "at most 5")]
    public void Wrong_order_says_what_is_right(string order, string right)
    {
        var failure = Assert.Throws<FailureException>(() => ListQuery<Operation>.Of(new ListOperationsRequest { OrderBy = order })).Failure;
        Assert.Equal("BAD_ORDER_BY", failure.Reason);
        Assert.Contains(right, failure.Message, StringComparison.Ordinal);
    }

    private void Fill(int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            items[$"id-{random.Next():x8}"] = random.Next(50);
        }
    }

    private Task<Paged<Operation>> Page(ListOperationsRequest request) => ListQuery<Operation>.Of(request).Page(
        (after, size, _) =>
        {
            var rest = items.Keys.Where(k => string.CompareOrdinal(k, after) > 0).Take(size + 1).ToList();
            reads += Math.Min(size, rest.Count);
            return Task.FromResult(new Paged<string>(rest[..Math.Min(size, rest.Count)], rest.Count > size ? rest[size - 1] : ""));
        },
        id => id,
        id => new Operation { OperationId = id, Revision = items[id] },
        CancellationToken.None);

    private async Task<string> Refusal(ListOperationsRequest request)
    {
        var failure = (await Assert.ThrowsAsync<FailureException>(() => Page(request))).Failure;
        Assert.Equal("PAGE_TOKEN", failure.Reason);
        return failure.Message;
    }
}
