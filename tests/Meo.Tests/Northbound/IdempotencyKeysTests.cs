using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;

namespace Mano.Meo.Tests.Northbound;

public sealed class IdempotencyKeysTests
{
    private readonly ManualClock clock = new();
    private readonly MemoryStateStore store;
    private readonly IdempotencyKeys keys;
    private int made;

    public IdempotencyKeysTests()
    {
        store = new(clock);
        keys = new(store, clock, new());
    }

    [Fact]
    public async Task The_same_key_and_request_lead_to_the_same_thing()
    {
        Assert.Equal("thing-1", (await Make("k", "a")).Value);
        Assert.Equal("thing-1", (await Make("k", "a")).Value);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        await Make("k", "a");
        var refused = (await Make("k", "b")).Failure;
        Assert.Equal((FailureKind.AlreadyExists, "IDEMPOTENCY_KEY_REUSED"), (refused?.Kind, refused?.Reason));
    }

    [Fact]
    public async Task Without_a_key_every_call_makes_another_thing()
    {
        Assert.Equal("thing-1", (await Make(null, "a")).Value);
        Assert.Equal("thing-2", (await Make(null, "a")).Value);
    }

    [Fact]
    public async Task A_key_with_spaces_and_slashes_is_a_key()
    {
        Assert.Equal("thing-1", (await Make("a b/c %20", "a")).Value);
        Assert.Equal("thing-2", (await Make("a%20b/c %20", "a")).Value);
        Assert.Equal("thing-1", (await Make("a b/c %20", "a")).Value);
    }

    [Fact]
    public async Task Concurrent_calls_with_one_key_make_one_thing()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Make("k", "a"))));
        Assert.Single(answers.Select(a => a.Value).Distinct());
        Assert.Single((await store.Scan("thing/")).Entries);
    }

    [Fact]
    public async Task After_its_time_a_key_is_new_again_and_is_swept()
    {
        await Make("k", "a");
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal("thing-2", (await Make("k", "b")).Value);
        clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await keys.Sweep(TimeSpan.FromMinutes(1), default));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await keys.Sweep(TimeSpan.FromMinutes(1), default));
    }

    private Task<Outcome<string>> Make(string? key, string request) => keys.Once(
        key is null ? null : new IdempotencyKey("default", key, request),
        again: known => Task.FromResult(Outcome<string>.Of(known.Subject)),
        first: async use =>
        {
            var id = "thing-" + Interlocked.Increment(ref made);
            var result = await store.Commit(use.Remember(new Batch().Put("thing/" + id, "{}"u8.ToArray()), id));
            return result.IsCommitted ? Outcome<string>.Of(id) : result.ToFailure()!;
        },
        default);
}
