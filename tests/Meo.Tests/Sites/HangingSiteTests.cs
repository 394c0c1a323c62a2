using System.Net;
using System.Net.Sockets;
using Mano.Meo.Sites;
using Mano.Meo.Tests.Inventory;
using Mano.Meo.Tests.World;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Meo.Tests.Sites;

/// <summary>A site that accepts connections and answers nothing.</summary>
public sealed class HangingSiteTests
{
    [Fact]
    public async Task Its_calls_end_by_themselves_and_those_of_other_sites_do_not_notice()
    {
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var healthy = new FakeSite();
        await healthy.Start();
        using var channels = new GrpcChannels();
        var world = new InventoryWorld();
        await using var links = new SiteLinks(world.Sites, channels, TimeProvider.System, NullLogger<SiteLinks>.Instance);
        await links.StartAsync(default);
        _ = (await world.Sites.Register(InventoryWorld.ASite("edge-slow", address: "http://" + hanging.LocalEndpoint), default)).Value;
        _ = (await world.Sites.Register(InventoryWorld.ASite("edge-b", address: healthy.Address), default)).Value;

        var stuck = Enumerable.Range(0, 1500).Select(i => links.RemoveIfAny("edge-slow", $"slow-{i}", 1, TimeSpan.Zero, default)).ToList();
        for (var i = 0; i < 50; i++)
        {
            Assert.True((await links.RemoveIfAny("edge-b", $"quick-{i}", 1, TimeSpan.Zero, default).Soon()).Value);
        }

        // Those beyond what may wait were refused at once; the rest ends when the circuit opens.
        var ends = await Task.WhenAll(stuck).Soon();
        Assert.All(ends, end => Assert.Equal("SITE_UNREACHABLE", end.Failure!.Reason));
        Assert.All(ends, end => Assert.True(end.Failure!.Retryable));
        Assert.Contains(ends, end => end.Failure!.Message.Contains("calls to edge-slow are under way", StringComparison.Ordinal));
        Assert.Contains(ends, end => end.Failure!.Message.Contains("circuit", StringComparison.Ordinal));
        Assert.Equal(FailureKind.Unavailable, (await links.RemoveIfAny("edge-slow", "late", 1, TimeSpan.Zero, default).Soon()).Failure!.Kind);
    }
}
